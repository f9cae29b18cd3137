//! Whole screens: keys in, text out, at several sizes.

mod again;
mod breakpoints;
mod by_hand;
mod compare;
mod evidence;
mod hands;
mod keys;
mod previews;
mod react;
mod readme_pictures;
mod report;
mod seen;
mod tour;
mod values;
