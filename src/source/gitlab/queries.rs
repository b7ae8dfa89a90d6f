//! The GraphQL queries keytrail sends, and no others. None of them asks for a variable's value.
//!
//! Every field that some GitLab in use may not know stands alone on a line that begins with its name: when a server says
//! it has no such field, that line is left out and the query is sent again.

/// One query: its operation name, which is also its root field (or what that is renamed to), and its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Query {
    pub name: &'static str,
    pub text: &'static str,
}

/// Where projects' default branches stand, and where their CI files are.
pub(super) const CI_HEADS: Query = Query {
    name: "ciHeads",
    text: "query ciHeads($first: Int!, $after: String, $membership: Boolean, $ids: [ID!]) {
  ciHeads: projects(first: $first, after: $after, membership: $membership, ids: $ids) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      fullPath
      ciConfigPathOrDefault
      lastActivityAt
      repository { rootRef tree { lastCommit { sha } } }
    }
  }
}",
};

/// The texts of some projects' CI files.
pub(super) const CI_FILES: Query = Query {
    name: "ciFiles",
    text: "query ciFiles($first: Int!, $after: String, $ids: [ID!], $paths: [String!]!) {
  ciFiles: projects(first: $first, after: $after, ids: $ids) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      repository { blobs(paths: $paths) { nodes { path rawBlob } } }
    }
  }
}",
};

/// Projects with the attributes of their variables and their protected branches.
/// By the published formula a page of fifty scores about 70 of the 250 allowed.
pub(super) const PROJECTS: Query = Query {
    name: "projects",
    text: "query projects($first: Int!, $after: String, $membership: Boolean) {
  projects(first: $first, after: $after, membership: $membership) {
    count
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      fullPath
      archived
      visibility
      lastActivityAt
      webUrl
      branchRules(first: 20) { pageInfo { hasNextPage endCursor } nodes { name isProtected } }
      ciVariables(first: 100) {
        pageInfo { hasNextPage endCursor }
        nodes {
          key
          variableType
          protected
          masked
          hidden
          raw
          environmentScope
          description
        }
      }
    }
  }
}",
};

/// The rest of one project's variables, where it has more than a page.
pub(super) const PROJECT_VARIABLES: Query = Query {
    name: "project",
    text: "query project($path: ID!, $after: String) {
  project(fullPath: $path) {
    id
    ciVariables(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        key
        variableType
        protected
        masked
        hidden
        raw
        environmentScope
        description
      }
    }
  }
}",
};

/// Groups with the attributes of their variables.
pub(super) const GROUPS: Query = Query {
    name: "groups",
    text: "query groups($first: Int!, $after: String) {
  groups(first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      fullPath
      webUrl
      parent { id }
      ciVariables(first: 100) {
        pageInfo { hasNextPage endCursor }
        nodes {
          key
          variableType
          protected
          masked
          hidden
          raw
          environmentScope
          description
        }
      }
    }
  }
}",
};

/// The rest of one group's variables, where it has more than a page.
pub(super) const GROUP_VARIABLES: Query = Query {
    name: "group",
    text: "query group($path: ID!, $after: String) {
  group(fullPath: $path) {
    id
    ciVariables(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        key
        variableType
        protected
        masked
        hidden
        raw
        environmentScope
        description
      }
    }
  }
}",
};

/// Runners with their managers, and the projects or the group they serve. For administrators.
/// By the published formula a page of fifty scores about 75.
pub(super) const RUNNERS: Query = Query {
    name: "runners",
    text: "query runners($first: Int!, $after: String) {
  runners(first: $first, after: $after) {
    count
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      description
      runnerType
      paused
      locked
      accessLevel
      runUntagged
      tagList
      status
      contactedAt
      createdAt
      maximumTimeout
      groups(first: 1) { nodes { id } }
      projects(first: 100) { pageInfo { hasNextPage endCursor } nodes { id } }
      managers(first: 20) {
        pageInfo { hasNextPage endCursor }
        nodes {
          systemId
          executorName
          version
          platformName
          architectureName
          ipAddress
          contactedAt
          status
        }
      }
    }
  }
}",
};
