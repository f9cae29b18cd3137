//! Whole screens: keys in, text out, at several sizes.

mod by_hand;
mod compare;
mod keys;
mod react;
mod readme_pictures;
mod report;
