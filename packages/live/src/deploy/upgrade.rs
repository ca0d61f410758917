//! Which contracts get a new code.

use ballast_sim::ContractKind;

use super::{Artifacts, DeployError, Deployment, record::Task};
use crate::Client;

/// Kinds of contracts of which there is one, and which can be given another code.
const UPGRADEABLE: [ContractKind; 9] = [
    ContractKind::Oracle,
    ContractKind::Treasury,
    ContractKind::DebtRegistry,
    ContractKind::SynthMinter,
    ContractKind::StabilityPool,
    ContractKind::PoolManager,
    // It reads the storage of a manager of its own version.
    ContractKind::PoolLens,
    ContractKind::RewardsDistributor,
    ContractKind::SpotMarket,
];

/// Those of the named contracts (all, when none is named) that do not run the code of the
/// artifacts. While an upgrade is half done, those it was begun with.
///
/// Synths, DUCA and LPD are not among them. They are made without an admin: a token that can be
/// migrated can be made to print. A new cw20 code is for a new deployment.
pub fn kinds(
    client: &Client,
    deployment: &Deployment,
    artifacts: &Artifacts,
    named: &[String],
) -> Result<Vec<ContractKind>, DeployError> {
    let named = named
        .iter()
        .map(|name| kind(name))
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(work) = &deployment.work
        && let Task::Upgrade(kinds) = &work.task
    {
        return match named.iter().find(|kind| !kinds.contains(kind)) {
            Some(other) => Err(DeployError::NoUpgrade(format!(
                "an upgrade without {other} is half done: finish it first"
            ))),
            None => Ok(kinds.clone()),
        };
    }
    let mut old = vec![];
    for kind in UPGRADEABLE {
        if !named.is_empty() && !named.contains(&kind) {
            continue;
        }
        let Some(contract) = deployment.contracts.get(kind.name()) else {
            if named.is_empty() {
                continue;
            }
            return Err(DeployError::NoUpgrade(format!(
                "{kind} is not in the file of the deployment"
            )));
        };
        let info = client.node().contract(&contract.address)?;
        let code_id = info.map(|info| info.code_id).unwrap_or_default();
        let checksum = client.node().checksum(code_id)?;
        if checksum.as_ref() != Some(&artifacts.get(kind)?.checksum) {
            old.push(kind);
        }
    }
    Ok(old)
}

fn kind(name: &str) -> Result<ContractKind, DeployError> {
    UPGRADEABLE
        .into_iter()
        .find(|kind| kind.name() == name)
        .ok_or_else(|| {
            let known = UPGRADEABLE.map(ContractKind::name).join(", ");
            DeployError::NoUpgrade(format!(
                "{name} cannot be upgraded; what can be: {known}. What the protocol issues has no admin"
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_synth_cannot_be_named() {
        let error = kind("LUSD").unwrap_err().to_string();
        assert!(error.contains("no admin"), "{error}");
        assert_eq!(kind("treasury").unwrap(), ContractKind::Treasury);
    }
}
