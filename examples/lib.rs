//! Programs that use a panel; each is a file beside this folder. This library is empty.
