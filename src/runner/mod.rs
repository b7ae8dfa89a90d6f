//! Floor 1: gitlab-runner's own files as pure functions over text: `config.toml`, the Fargate driver's file, Helm values. It never knows
//! where a text came from.
