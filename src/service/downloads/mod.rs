//! Files that tasks made, on their way to the disk: whole or not at all, under names of our own.
//! It refuses the server's file names, and to write over anything.

pub mod name;
