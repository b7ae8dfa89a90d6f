// Asks an independent evaluator of IAM policies: one JSON request a line on standard input, one answer a line on standard
// output: "allow", "deny" or "error: ...". The first argument is the folder the package was installed into.
//
// The package's public runSimulation drops condition keys of identity providers, and so the engine behind it is asked.

import { createInterface } from 'node:readline';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = join(resolve(process.argv[2]), 'node_modules/@cloud-copilot');
const load = (path) => import(pathToFileURL(join(folder, path)).href);

const { loadPolicy } = await load('iam-policy/dist/esm/index.js');
const { authorize } = await load('iam-simulate/dist/esm/core_engine/CoreSimulatorEngine.js');
const { AwsRequestImpl } = await load('iam-simulate/dist/esm/request/request.js');
const { RequestContextImpl } = await load('iam-simulate/dist/esm/requestContext.js');
const { DiscoveryContextKeyConstraints } = await load(
    'iam-simulate/dist/esm/context_keys/discoveryContextKeyConstraints.js'
);

const simulationParameters = {
    simulationMode: 'Strict',
    discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([]),
};

const named = (policies) => policies.map((policy, index) => loadPolicy(policy, { name: `policy-${index}` }));

function answer({ trust, identity, boundary, principal, action, role, context }) {
    const resource = { resource: role, accountId: role.split(':')[4] };
    const analysis = authorize({
        request: new AwsRequestImpl(principal, resource, action, new RequestContextImpl(context)),
        sessionPolicy: undefined,
        identityPolicies: named(identity),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy: loadPolicy(trust, { name: 'trust' }),
        permissionBoundaries: boundary ? named([boundary]) : undefined,
        vpcEndpointPolicies: undefined,
        simulationParameters,
    });
    return analysis.result === 'Allowed' ? 'allow' : 'deny';
}

for await (const line of createInterface({ input: process.stdin })) {
    let said;
    try {
        said = answer(JSON.parse(line));
    } catch (error) {
        said = `error: ${String(error.message).split('\n')[0]}`;
    }
    process.stdout.write(`${said}\n`);
}
