//! Session files: what a kill, a full disk and damage leave.

mod crash;
mod damage;
