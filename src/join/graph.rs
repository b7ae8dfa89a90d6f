//! Who reaches what in the end: role chains across accounts to any depth, and what a user or role may do at their ends.
//!
//! Which user or role may assume which role directly was decided by the `trust` join; here those answers become a graph of numbers.
//! Account-wide and service principals are no nodes: whom of an account a role really lets in is what the join worked out.

mod edges;
mod powers;

use rustc_hash::FxHashMap;

use self::edges::{Edges, NONE, small};
use super::{Linked, Policies};
use crate::model::{
    aws::{Role, User},
    entity::OfKind,
    estate::Estate,
    id::{Id, Kind},
    link::{Link, Relation},
};

/// The role graph. Every question but [`Graph::reached`] is answered by looking it up.
#[derive(Debug, Default)]
pub struct Graph {
    /// By node.
    names: Vec<Id>,
    nodes: FxHashMap<Id, u32>,
    edges: Edges,
    /// By node: what it may do itself.
    powers: Vec<Vec<Power>>,
    /// By power, then by node: itself or the nearest role it reaches that has the power; [`NONE`] where there is none.
    nearest: Vec<Vec<u32>>,
    /// By node: were policies of it, or of a role it reaches, not read?
    partly: Vec<bool>,
}

/// What one user or role reaches.
#[derive(Clone, Debug, Default)]
pub struct Reached {
    /// Roles: those that are sure all the way before those that hang on something inferred, and the nearest first.
    pub roles: Vec<ReachedRole>,
    /// Itself or the nearest role that may do everything in its account.
    pub administrator: Option<Id>,
    /// Sensitive things it or a role it reaches may do, and who may: itself or the nearest role.
    pub powers: Vec<(Power, Id)>,
    /// Some policies on the way were not read: there may be more.
    pub partly: bool,
}

/// A role that is reached, and the shortest chain of proofs.
#[derive(Clone, Debug)]
pub struct ReachedRole {
    pub role: Id,
    /// From the beginning to the role; one link a hop.
    pub chain: Vec<Link>,
}

/// What an attacker would look for first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Power {
    Administrator,
    Iam,
    AssumeAny,
    Secrets,
    Kms,
    S3Data,
    Ec2Run,
    LambdaUpdate,
    Organization,
}

impl Power {
    pub const ALL: [Self; 9] = [
        Self::Administrator,
        Self::Iam,
        Self::AssumeAny,
        Self::Secrets,
        Self::Kms,
        Self::S3Data,
        Self::Ec2Run,
        Self::LambdaUpdate,
        Self::Organization,
    ];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Iam => "iam",
            Self::AssumeAny => "assume any role",
            Self::Secrets => "secrets",
            Self::Kms => "kms",
            Self::S3Data => "s3 data",
            Self::Ec2Run => "ec2 run",
            Self::LambdaUpdate => "lambda update",
            Self::Organization => "organization",
        }
    }
}

impl Graph {
    /// Linear in principals, direct links and policies.
    pub fn of(estate: &Estate, linked: &Linked, policies: &Policies<'_>) -> Self {
        let mut graph = Self::default();
        let mut unread = Vec::new();
        let mut judge = powers::Judge::default();
        for kind in [User::KIND, Role::KIND] {
            for (id, entity) in estate.ids(kind).zip(estate.of(kind)) {
                let judged = judge.judge(entity, policies);
                graph.add(id, judged.powers);
                unread.push(judged.partly);
            }
        }
        let mut direct: Vec<(u32, u32, &Link)> = Vec::new();
        for link in linked.iter().filter(|link| is_edge(link)) {
            let mut node = |id: &Id| {
                if let Some(&node) = graph.nodes.get(id) {
                    return node;
                }
                // Named by a policy and never seen: whatever it may do is unread.
                unread.push(true);
                graph.add(id, Vec::new())
            };
            let (from, to) = (node(&link.from), node(&link.to));
            direct.push((from, to, link));
        }
        graph.edges = Edges::of(graph.names.len(), direct);
        graph.close(&unread);
        graph
    }

    fn add(&mut self, id: &Id, powers: Vec<Power>) -> u32 {
        let node = small(self.names.len());
        self.names.push(id.clone());
        self.nodes.insert(id.clone(), node);
        self.powers.push(powers);
        node
    }

    /// Works out for every node at once what it reaches: from each power's holders backwards.
    fn close(&mut self, unread: &[bool]) {
        let holders = |power| {
            let powers = self.powers.iter().zip(0..);
            powers.filter(move |(powers, _)| powers.contains(&power)).map(|(_, node)| node).collect()
        };
        self.nearest = Power::ALL.map(|power| self.edges.nearest(holders(power))).into();
        let unread = unread.iter().zip(0..).filter(|(unread, _)| **unread).map(|(_, node)| node);
        self.partly = self.edges.nearest(unread.collect()).iter().map(|&node| node != NONE).collect();
    }

    /// What a user or role reaches, itself included. The work is in proportion to what is reached; for the powers alone ask
    /// [`Graph::powers_reached`].
    pub fn reached(&self, principal: &Id) -> Reached {
        let Some(&node) = self.nodes.get(principal) else {
            return Reached { partly: true, ..Reached::default() };
        };
        let reached = self.edges.reached(node);
        let roles = reached.nodes().map(|role| ReachedRole {
            role: self.names[role as usize].clone(),
            chain: reached.chain(role).into_iter().map(|edge| self.link(edge)).collect(),
        });
        Reached {
            roles: roles.collect(),
            administrator: self.administrator(principal).cloned(),
            powers: self.powers_reached(principal).map(|(power, id)| (power, id.clone())).collect(),
            partly: self.partly[node as usize],
        }
    }

    /// How many roles it reaches, itself left out: cheaper than [`Graph::reached`], which tells the chains too.
    pub fn roles_reached(&self, principal: &Id) -> usize {
        let others = |node: u32| self.edges.reached(node).nodes().filter(|&role| role != node).count();
        self.nodes.get(principal).map_or(0, |&node| others(node))
    }

    /// Itself or the nearest role that may do everything in its account.
    pub fn administrator(&self, principal: &Id) -> Option<&Id> {
        self.powers_reached(principal)
            .next()
            .filter(|(power, _)| *power == Power::Administrator)
            .map(|(_, id)| id)
    }

    /// Sensitive things a user or role, or a role it reaches, may do, and who may: itself or the nearest role.
    pub fn powers_reached<'a>(&'a self, principal: &Id) -> impl Iterator<Item = (Power, &'a Id)> {
        let node = self.nodes.get(principal).copied();
        let nearest = move |by_node: &Vec<u32>| node.map_or(NONE, |node| by_node[node as usize]);
        let all = Power::ALL.into_iter().zip(&self.nearest);
        all.filter_map(move |(power, by_node)| Some((power, self.names.get(nearest(by_node) as usize)?)))
    }

    /// Were policies on the way not read, so that there may be more? True for a principal nobody knows.
    pub fn is_partly(&self, principal: &Id) -> bool {
        self.nodes.get(principal).is_none_or(|&node| self.partly[node as usize])
    }

    /// What a user or role may do itself, without assuming anything.
    pub fn powers(&self, principal: &Id) -> &[Power] {
        self.nodes.get(principal).map_or(&[], |&node| &self.powers[node as usize])
    }

    /// Users and roles that may assume this role directly: one link each, the role at its end.
    pub fn into_role(&self, role: &Id) -> Vec<Link> {
        self.nodes
            .get(role)
            .map_or(Vec::new(), |&node| self.edges.arriving(node).map(|edge| self.link(edge)).collect())
    }

    /// Roles that a user or role may assume directly.
    pub fn out_of(&self, principal: &Id) -> Vec<Link> {
        self.nodes
            .get(principal)
            .map_or(Vec::new(), |&node| self.edges.leaving(node).map(|edge| self.link(edge)).collect())
    }

    fn link(&self, edge: u32) -> Link {
        let edge = &self.edges[edge];
        Link {
            from: self.names[edge.from as usize].clone(),
            relation: Relation::MayAssume,
            to: self.names[edge.to as usize].clone(),
            grade: edge.grade,
            proof: edge.proof.clone(),
        }
    }
}

fn is_edge(link: &Link) -> bool {
    link.relation == Relation::MayAssume && matches!(link.from.kind(), Kind::User | Kind::Role)
}

#[cfg(test)]
mod tests;
