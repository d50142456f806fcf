//! Closed sets of words. Each is one enum whose words are the same in tables, the typed API and
//! messages; [`words!`] keeps the enum and its words in one place.

/// Declares an enum and the word of each variant: `word()`, `from_word()`, `ALL`, `Display`.
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $word:literal),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        $vis enum $name {
            $($(#[$variant_meta])* $variant),+
        }

        impl $name {
            /// Every value, in the order of its declaration.
            $vis const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The value's one word, as stored and shown.
            $vis const fn word(self) -> &'static str {
                match self {
                    $($name::$variant => $word),+
                }
            }

            /// The value of a word, if it is one of the set.
            $vis fn from_word(word: &str) -> Option<$name> {
                match word {
                    $($word => Some($name::$variant),)+
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }
    };
}

pub(crate) use words;
