//! What every enumeration of words has: how a word is read and written. A word that this version does
//! not know is kept as it is.

/// Reads and writes `$name` as its word.
macro_rules! on_the_wire {
    ($name:ident) => {
        impl ::std::convert::From<String> for $name {
            fn from(word: String) -> Self {
                Self::from_word(&word).unwrap_or(Self::Unknown(word))
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(word: &str) -> Self {
                Self::from_word(word).unwrap_or_else(|| Self::Unknown(word.to_owned()))
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Ok(word.into())
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                <String as ::serde::Deserialize>::deserialize(from).map(Self::from)
            }
        }
    };
}

pub(crate) use on_the_wire;
