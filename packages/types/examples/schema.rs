//! Writes the JSON schema of every contract into the directory given, one file each.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a tool that stops at the first fault"
)]

use std::{env, fs, path::PathBuf};

use ballast_types::{
    MigrateMsg, debt_registry, oracle, pool_lens, pool_manager, rewards_distributor, spot_market,
    stability_pool, synth_minter, treasury,
};
use cosmwasm_schema::generate_api;

macro_rules! schemas {
    ($($name:literal => $module:ident),* $(,)?) => {
        [$(($name, generate_api! {
            name: $name,
            version: "0.1.0",
            instantiate: $module::InstantiateMsg,
            execute: $module::ExecuteMsg,
            query: $module::QueryMsg,
            migrate: MigrateMsg,
        })),*]
    };
}

fn main() {
    let directory = PathBuf::from(env::args().nth(1).expect("usage: schema DIRECTORY"));
    fs::create_dir_all(&directory).unwrap();
    let schemas = schemas! {
        "oracle" => oracle,
        "debt-registry" => debt_registry,
        "synth-minter" => synth_minter,
        "treasury" => treasury,
        "stability-pool" => stability_pool,
        "pool-manager" => pool_manager,
        "rewards-distributor" => rewards_distributor,
        "spot-market" => spot_market,
    };
    // A lens answers, and does nothing.
    let lens = generate_api! {
        name: "pool-lens",
        version: "0.1.0",
        instantiate: pool_lens::InstantiateMsg,
        query: pool_lens::QueryMsg,
        migrate: MigrateMsg,
    };
    for (name, api) in schemas.into_iter().chain([("pool-lens", lens)]) {
        let json = api.render().to_string().unwrap();
        fs::write(directory.join(format!("{name}.json")), json + "\n").unwrap();
    }
}
