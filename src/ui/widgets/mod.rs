//! Parts of the screen that several panes and dialogs use.

pub mod json_tree;
