//! The part of GitLab's GraphQL schema that is answered here. A connection's own fields go without saying.

/// One field: its name, its type, and the arguments it takes.
pub(super) type FieldRow = (&'static str, &'static str, &'static str);

const PAGED: &str = "first after";

/// Every object type with its fields.
const TYPES: &[(&str, &[FieldRow])] = &[
    (
        "Query",
        &[
            ("projects", "ProjectConnection", "first after membership ids fullPaths archived search"),
            ("project", "Project", "fullPath"),
            ("groups", "GroupConnection", "first after ids search topLevelOnly"),
            ("group", "Group", "fullPath"),
            ("runners", "CiRunnerConnection", "first after type status paused tagList"),
            ("runner", "CiRunner", "id"),
            ("ciVariables", "CiInstanceVariableConnection", PAGED),
            ("currentUser", "CurrentUser", ""),
            ("metadata", "Metadata", ""),
            ("queryComplexity", "QueryComplexity", ""),
        ],
    ),
    (
        "Project",
        &[
            ("id", "ID", ""),
            ("fullPath", "ID", ""),
            ("name", "String", ""),
            ("nameWithNamespace", "String", ""),
            ("path", "String", ""),
            ("webUrl", "String", ""),
            ("archived", "Boolean", ""),
            ("visibility", "String", ""),
            ("createdAt", "Time", ""),
            ("lastActivityAt", "Time", ""),
            ("ciConfigPathOrDefault", "String", ""),
            ("sharedRunnersEnabled", "Boolean", ""),
            ("repository", "Repository", ""),
            ("group", "Group", ""),
            ("branchRules", "BranchRuleConnection", PAGED),
            ("ciVariables", "CiProjectVariableConnection", PAGED),
            ("runners", "CiRunnerConnection", "first after type status paused tagList"),
        ],
    ),
    (
        "Repository",
        &[
            ("rootRef", "String", ""),
            ("empty", "Boolean", ""),
            ("exists", "Boolean", ""),
            ("tree", "Tree", "path ref recursive"),
            ("blobs", "RepositoryBlobConnection", "first after paths ref"),
        ],
    ),
    ("Tree", &[("lastCommit", "Commit", "")]),
    ("Commit", &[("id", "ID", ""), ("sha", "String", ""), ("shortId", "String", "")]),
    (
        "RepositoryBlob",
        &[
            ("id", "ID", ""),
            ("path", "String", ""),
            ("name", "String", ""),
            ("rawBlob", "String", ""),
            ("rawTextBlob", "String", ""),
            ("rawSize", "Int", ""),
            ("size", "BigInt", ""),
        ],
    ),
    (
        "BranchRule",
        &[
            ("name", "String", ""),
            ("isDefault", "Boolean", ""),
            ("isProtected", "Boolean", ""),
            ("matchingBranchesCount", "Int", ""),
        ],
    ),
    (
        "Group",
        &[
            ("id", "ID", ""),
            ("fullPath", "ID", ""),
            ("name", "String", ""),
            ("fullName", "String", ""),
            ("path", "String", ""),
            ("webUrl", "String", ""),
            ("parent", "Group", ""),
            ("ciVariables", "CiGroupVariableConnection", PAGED),
            ("projects", "ProjectConnection", "first after includeSubgroups"),
            ("runners", "CiRunnerConnection", "first after membership type status paused tagList"),
        ],
    ),
    (
        "CiProjectVariable",
        &[
            ("id", "ID", ""),
            ("key", "String", ""),
            ("value", "String", ""),
            ("variableType", "CiVariableType", ""),
            ("protected", "Boolean", ""),
            ("masked", "Boolean", ""),
            ("hidden", "Boolean", ""),
            ("raw", "Boolean", ""),
            ("environmentScope", "String", ""),
            ("description", "String", ""),
        ],
    ),
    (
        "CiGroupVariable",
        &[
            ("id", "ID", ""),
            ("key", "String", ""),
            ("value", "String", ""),
            ("variableType", "CiVariableType", ""),
            ("protected", "Boolean", ""),
            ("masked", "Boolean", ""),
            ("hidden", "Boolean", ""),
            ("raw", "Boolean", ""),
            ("environmentScope", "String", ""),
            ("description", "String", ""),
        ],
    ),
    // Without `hidden`; the scope is a remainder that is always null (app/graphql/types/ci/instance_variable_type.rb).
    (
        "CiInstanceVariable",
        &[
            ("id", "ID", ""),
            ("key", "String", ""),
            ("value", "String", ""),
            ("variableType", "CiVariableType", ""),
            ("protected", "Boolean", ""),
            ("masked", "Boolean", ""),
            ("raw", "Boolean", ""),
            ("environmentScope", "String", ""),
            ("description", "String", ""),
        ],
    ),
    (
        "CiRunner",
        &[
            ("id", "ID", ""),
            ("description", "String", ""),
            ("runnerType", "CiRunnerType", ""),
            ("paused", "Boolean", ""),
            ("locked", "Boolean", ""),
            ("accessLevel", "CiRunnerAccessLevel", ""),
            ("runUntagged", "Boolean", ""),
            ("tagList", "String", ""),
            ("status", "CiRunnerStatus", ""),
            ("contactedAt", "Time", ""),
            ("createdAt", "Time", ""),
            ("tokenExpiresAt", "Time", ""),
            ("maximumTimeout", "Int", ""),
            ("maintenanceNote", "String", ""),
            ("jobExecutionStatus", "CiRunnerJobExecutionStatus", ""),
            ("jobCount", "Int", ""),
            ("projectCount", "Int", ""),
            ("ownerProject", "Project", ""),
            ("projects", "ProjectConnection", PAGED),
            ("groups", "GroupConnection", PAGED),
            ("managers", "CiRunnerManagerConnection", "first after systemId status"),
        ],
    ),
    (
        "CiRunnerManager",
        &[
            ("id", "ID", ""),
            ("systemId", "String", ""),
            ("executorName", "String", ""),
            ("version", "String", ""),
            ("revision", "String", ""),
            ("platformName", "String", ""),
            ("architectureName", "String", ""),
            ("ipAddress", "String", ""),
            ("contactedAt", "Time", ""),
            ("createdAt", "Time", ""),
            ("status", "CiRunnerStatus", ""),
            ("jobExecutionStatus", "CiRunnerJobExecutionStatus", ""),
        ],
    ),
    (
        "CurrentUser",
        &[("id", "ID", ""), ("username", "String", ""), ("name", "String", ""), ("webUrl", "String", "")],
    ),
    ("Metadata", &[("version", "String", ""), ("revision", "String", ""), ("enterprise", "Boolean", "")]),
    ("QueryComplexity", &[("score", "Int", ""), ("limit", "Int", "")]),
    (
        "PageInfo",
        &[
            ("hasNextPage", "Boolean", ""),
            ("hasPreviousPage", "Boolean", ""),
            ("startCursor", "String", ""),
            ("endCursor", "String", ""),
        ],
    ),
];

/// A field's type and the arguments it takes.
pub(super) struct FieldType {
    pub of: String,
    pub arguments: &'static str,
}

/// The field of a type; `None` where the type has no such field.
pub(super) fn field(of: &str, name: &str) -> Option<FieldType> {
    if name == "__typename" {
        return Some(FieldType { of: "String".to_owned(), arguments: "" });
    }
    let plain = |of: String| Some(FieldType { of, arguments: "" });
    if let Some(node) = of.strip_suffix("Connection") {
        return match name {
            "nodes" => plain(node.to_owned()),
            "edges" => plain(format!("{node}Edge")),
            "pageInfo" => plain("PageInfo".to_owned()),
            "count" if COUNTED.contains(&node) => plain("Int".to_owned()),
            _ => None,
        };
    }
    if let Some(node) = of.strip_suffix("Edge") {
        return match name {
            "node" => plain(node.to_owned()),
            "cursor" => plain("String".to_owned()),
            _ => None,
        };
    }
    let (_, fields) = TYPES.iter().find(|(known, _)| *known == of)?;
    let (_, of, arguments) = fields.iter().find(|(known, _, _)| *known == name)?;
    Some(FieldType { of: (*of).to_owned(), arguments })
}

/// The connections that tell how many they have in all.
const COUNTED: &[&str] = &["Project", "Group", "CiRunner", "CiRunnerManager"];

/// Does this type have fields of its own?
pub(super) fn is_object(of: &str) -> bool {
    is_connection(of) || of.ends_with("Edge") || TYPES.iter().any(|(known, _)| *known == of)
}

pub(super) fn is_connection(of: &str) -> bool {
    of.ends_with("Connection")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_named_is_there_or_is_a_leaf() {
        const LEAVES: &[&str] = &[
            "ID",
            "String",
            "Boolean",
            "Int",
            "BigInt",
            "Time",
            "CiVariableType",
            "CiRunnerType",
            "CiRunnerAccessLevel",
            "CiRunnerStatus",
            "CiRunnerJobExecutionStatus",
        ];
        for (_, of, _) in TYPES.iter().flat_map(|(_, fields)| fields.iter()) {
            let node = of.strip_suffix("Connection").unwrap_or(of);
            assert!(LEAVES.contains(&node) || TYPES.iter().any(|(known, _)| *known == node), "{of}");
        }
    }
}
