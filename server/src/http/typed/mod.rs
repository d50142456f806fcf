//! What the typed APIs share, whoever they are for: how bodies are read and answers written, the one
//! error body, pages of lists, and the program's own types on the wire.

pub(in crate::http) mod code;
pub(in crate::http) mod document;
pub(in crate::http) mod fault_words;
pub(in crate::http) mod given;
mod objects;
pub(in crate::http) mod paging;
pub(in crate::http) mod payload;
pub(in crate::http) mod picture;
pub(in crate::http) mod problem;
pub(in crate::http) mod secret;
pub(in crate::http) mod visit;
pub(in crate::http) mod wire;
