//! Floor 1: GitLab CI configurations as pure functions over text: YAML with its anchors and tags, `extends`, `!reference` and local
//! includes, and what each job says about AWS. It never knows where a text came from.
