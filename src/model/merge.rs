//! How two partial views of one thing become one: what the newer view knows wins, what it does not know stays.

/// A thing that several pages each show a part of.
pub trait Merge {
    /// Takes over every field that `newer` knows. Identity fields are equal on both sides and stay.
    fn take(&mut self, newer: &Self);
}

/// Implements [`Merge`] for a struct by naming its `Option` fields.
macro_rules! merge {
    ($type:ty { $($field:ident),* $(,)? }) => {
        impl $crate::model::merge::Merge for $type {
            fn take(&mut self, newer: &Self) {
                $(if newer.$field.is_some() { self.$field.clone_from(&newer.$field); })*
                let _ = newer;
            }
        }
    };
}
pub(crate) use merge;
