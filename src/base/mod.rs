//! Floor 0: words every other floor uses. Nothing here knows GitLab, AWS, the network or the screen.

pub mod blame;
pub mod name;
pub mod secret;
pub mod text;
pub mod time;
