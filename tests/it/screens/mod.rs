//! Whole screens: keys in, text out, at several sizes.

mod again;
mod branches;
mod breakpoints;
mod by_hand;
mod checklist;
mod clicks;
mod compare;
mod evidence;
mod explorer;
mod hand_off;
mod hands;
mod keys;
mod map;
mod prediction;
mod previews;
mod react;
mod readme_pictures;
mod report;
mod room;
mod seen;
mod sought;
mod tour;
mod values;
mod watches;
