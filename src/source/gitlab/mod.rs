//! GitLab collectors.
