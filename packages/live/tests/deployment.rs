//! Deployments on a node that breaks off, lies and forgets: whatever happens, what is begun can
//! be finished, and nothing is ever done twice.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

mod fake;

use std::{collections::BTreeSet, fs, path::Path};

use ballast_live::{
    Client, Gas, LiveError, Msg, Network,
    deploy::{
        Artifacts, DeployError, Deployment, Mode, Progress, Runner, Setting, Store, upgrade,
        verify::{Report, Verifier},
    },
};
use ballast_sim::Profile;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use fake::{Fault, Node};
use rstest::rstest;
use serde_json::Value;
use tempfile::TempDir;

/// A node, and what is deployed to it.
struct Scene {
    node: Node,
    folder: TempDir,
    setting: Setting,
    artifacts: Artifacts,
}

impl Scene {
    fn new() -> Self {
        Self::of("devita")
    }

    fn of(profile: &str) -> Self {
        let node = Node::start();
        let folder = tempfile::tempdir().unwrap();
        let network = fake::network(&node, folder.path());
        Self {
            setting: Setting::new(network, Profile::find(profile).unwrap()).unwrap(),
            artifacts: fake::artifacts(folder.path(), 1),
            node,
            folder,
        }
    }

    fn deployments(&self) -> std::path::PathBuf {
        self.folder.path().join("deployments")
    }

    /// A run, as a command of its own would do it.
    fn run(
        &self,
        act: impl FnOnce(&mut Runner<'_>) -> Result<Progress, DeployError>,
    ) -> Result<Progress, DeployError> {
        let store = Store::open(&self.deployments(), "fake-1")?;
        let client = Client::connect(self.setting.network.clone())?;
        act(&mut Runner {
            client: &client,
            setting: &self.setting,
            artifacts: &self.artifacts,
            store: &store,
            say: &mut |_| {},
        })
    }

    fn deploy(&self) -> Result<Progress, DeployError> {
        self.run(|runner| runner.deploy(Mode::Send, &[]))
    }

    /// Runs until it is done, however often it breaks off.
    fn deploy_at_last(&self) -> usize {
        for run in 1..20 {
            match self.deploy() {
                Ok(Progress::Done { .. }) => return run,
                Ok(other) => panic!("{other:?}"),
                Err(DeployError::Live(error)) => drop(error),
                Err(other) => panic!("{other}"),
            }
        }
        panic!("it never ends")
    }

    fn upgrade(&self, named: &[&str]) -> Result<Progress, DeployError> {
        let named: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
        self.run(|runner| {
            let mut deployment = runner.store.load()?.unwrap();
            let kinds = upgrade::kinds(runner.client, &deployment, runner.artifacts, &named)?;
            runner.upgrade(&mut deployment, kinds, Mode::Send, &[])
        })
    }

    fn deployment(&self) -> Deployment {
        let path = Store::path_in(&self.deployments(), "fake-1");
        ballast_live::deploy::record::read(&path).unwrap().unwrap()
    }

    fn verify(&self) -> Report {
        let client = Client::connect(self.setting.network.clone()).unwrap();
        let deployment = self.deployment();
        Verifier::new(&client, &self.setting, &self.artifacts, &deployment)
            .verify()
            .unwrap()
    }

    /// Every step is done, none twice, and the chain is what the profile says.
    fn assert_done(&self, context: &str) {
        let landed = self.node.landed();
        let once: BTreeSet<&String> = landed.iter().collect();
        assert_eq!(once.len(), landed.len(), "{context}: twice: {landed:?}");
        assert_eq!(landed.len(), 16, "{context}: {landed:?}");
        let deployment = self.deployment();
        assert_eq!(deployment.work, None, "{context}");
        let noted: Vec<&String> = deployment
            .txs
            .iter()
            .filter(|tx| tx.refused.is_none())
            .flat_map(|tx| &tx.steps)
            .collect();
        assert_eq!(noted.len(), 16, "{context}: {noted:?}");
        assert_eq!(deployment.contracts.len(), 5, "{context}");
        let report = self.verify();
        assert_eq!(report.differences, [], "{context}");
        assert!(report.compared > 30);
    }
}

#[rstest]
#[case("devita", 7)]
#[case("dynamo", 7)]
#[case("plain", 5)]
#[case("guarded", 5)]
fn it_is_deployed_once(#[case] profile: &str, #[case] sent: usize) {
    let scene = Scene::of(profile);
    // The codes of these tests are so small that they fit one transaction.
    let sent = sent - 1;
    assert_eq!(scene.deploy().unwrap(), Progress::Done { sent });
    assert_eq!(scene.verify().differences, []);
    let landed = scene.node.landed();
    assert_eq!(scene.deploy().unwrap(), Progress::Done { sent: 0 });
    assert_eq!(scene.node.landed(), landed);
}

#[test]
fn it_may_end_after_any_answer_of_the_node() {
    let whole = Scene::new();
    whole.deploy().unwrap();
    let requests = whole.node.conduct().requests;
    whole.assert_done("without a fault");
    let mut broken_off = 0;
    for answers in (0..requests).step_by(2) {
        let scene = Scene::new();
        scene.node.conduct().answers_left = Some(answers);
        // How many looks a transaction takes is a matter of time.
        broken_off += usize::from(scene.deploy().is_err());
        scene.node.conduct().answers_left = None;
        assert_eq!(scene.deploy_at_last(), 1);
        scene.assert_done(&format!("after {answers} answers"));
    }
    assert!(broken_off > 12, "{broken_off}");
}

#[rstest]
fn any_transaction_may_have_any_fate(
    #[values(0, 1, 2, 3, 4, 5, 6)] number: usize,
    #[values(false, true)] no_index: bool,
) {
    for fault in Fault::ALL {
        if fault == Fault::Slow && (no_index || !usize::is_multiple_of(number, 3)) {
            // It takes long, and is to the client as a lost answer.
            continue;
        }
        let scene = Scene::new();
        scene.node.conduct().faults.insert(number, fault);
        scene.node.conduct().no_index = no_index;
        scene.deploy_at_last();
        scene.assert_done(&format!("transaction {number}: {fault:?}"));
    }
}

#[test]
fn every_transaction_may_have_a_fate() {
    for fault in Fault::ALL {
        if matches!(
            fault,
            Fault::Forgotten | Fault::LostOnTheWay | Fault::TooLate | Fault::Slow
        ) {
            // Nothing would ever land, or each takes long.
            continue;
        }
        let scene = Scene::new();
        for number in 0..30 {
            scene.node.conduct().faults.insert(number, fault);
        }
        scene.deploy_at_last();
        scene.assert_done(&format!("{fault:?}"));
    }
}

#[test]
fn what_is_lost_again_and_again_is_an_error() {
    let scene = Scene::new();
    for number in 0..30 {
        let mut conduct = scene.node.conduct();
        conduct.faults.insert(number, Fault::Forgotten);
    }
    let error = scene.deploy().unwrap_err();
    assert!(
        matches!(error, DeployError::Live(LiveError::Lost { .. })),
        "{error}"
    );
    assert_eq!(scene.node.landed(), Vec::<String>::new());
    scene.node.conduct().faults.clear();
    assert_eq!(scene.deploy_at_last(), 1);
    scene.assert_done("afterwards");
}

/// A scene in which a deployment broke off after its codes.
fn half_done() -> Scene {
    let scene = Scene::new();
    scene.node.conduct().faults.insert(2, Fault::LostOnTheWay);
    for number in 3..30 {
        let mut conduct = scene.node.conduct();
        conduct.faults.insert(number, Fault::LostOnTheWay);
    }
    assert!(scene.deploy().is_err());
    scene.node.conduct().faults.clear();
    scene
}

#[test]
fn another_profile_does_not_go_on_with_it() {
    let mut scene = half_done();
    let before = fs::read(Store::path_in(&scene.deployments(), "fake-1")).unwrap();
    let network = scene.setting.network.clone();
    let other = Profile::find("dynamo").unwrap();
    let first = std::mem::replace(&mut scene.setting, Setting::new(network, other).unwrap());
    let error = scene.deploy().unwrap_err();
    assert!(matches!(error, DeployError::Changed { .. }), "{error}");
    assert!(error.to_string().contains("--fresh"), "{error}");
    let after = fs::read(Store::path_in(&scene.deployments(), "fake-1")).unwrap();
    assert_eq!(before, after);
    scene.setting = first;
    scene.deploy_at_last();
    scene.assert_done("with the first profile");
}

#[test]
fn another_build_does_not_go_on_with_it() {
    let mut scene = half_done();
    scene.artifacts = fake::artifacts(scene.folder.path(), 2);
    let error = scene.deploy().unwrap_err();
    assert!(matches!(error, DeployError::Changed { .. }), "{error}");
}

#[test]
fn fresh_means_new_contracts_and_the_same_codes() {
    let scene = Scene::new();
    scene.deploy().unwrap();
    let first = scene.deployment();
    scene.node.conduct().landed.clear();
    scene
        .run(|runner| {
            runner.begin_anew()?;
            runner.deploy(Mode::Send, &[])
        })
        .unwrap();
    let second = scene.deployment();
    assert_eq!(first.codes, second.codes);
    for (name, contract) in &second.contracts {
        assert_ne!(first.contracts[name].address, contract.address, "{name}");
    }
    assert!(!scene.node.landed().iter().any(|m| m.starts_with("store")));
    assert_eq!(scene.verify().differences, []);
    let aside = scene.deployments().join("fake-1.1.json");
    assert_eq!(
        ballast_live::deploy::record::read(&aside).unwrap(),
        Some(first)
    );
}

#[rstest]
fn a_chain_made_anew_is_noticed(#[values(false, true)] finished: bool) {
    let scene = if finished {
        let scene = Scene::new();
        scene.deploy().unwrap();
        scene
    } else {
        half_done()
    };
    scene.node.conduct().wipe = true;
    scene.node.conduct().landed.clear();
    let error = scene.deploy().unwrap_err();
    assert!(matches!(error, DeployError::OtherChain { .. }), "{error}");
    assert_eq!(scene.node.landed(), Vec::<String>::new());
    scene
        .run(|runner| {
            runner.begin_anew()?;
            runner.deploy(Mode::Send, &[])
        })
        .unwrap();
    scene.assert_done("anew");
}

#[test]
fn a_refusal_says_what_was_refused_and_why() {
    let mut scene = Scene::new();
    scene
        .setting
        .profile
        .minter
        .as_mut()
        .unwrap()
        .params
        .grace_secs = u64::MAX;
    let error = scene.deploy().unwrap_err();
    assert!(matches!(error, DeployError::Refused { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("instantiate synth-minter"), "{text}");
    let deployment = scene.deployment();
    assert!(deployment.txs.last().unwrap().refused.is_some());
    assert_eq!(deployment.work.unwrap().pending, []);
}

#[test]
fn two_at_once_are_one_too_many() {
    let scene = Scene::new();
    let _store = Store::open(&scene.deployments(), "fake-1").unwrap();
    assert!(matches!(scene.deploy(), Err(DeployError::Busy { .. })));
}

// ---------------------------------------------------------------- verify

#[test]
fn verify_finds_another_build_and_another_profile() {
    let mut scene = Scene::new();
    scene.deploy().unwrap();
    scene
        .setting
        .profile
        .minter
        .as_mut()
        .unwrap()
        .params
        .min_stake_secs = 77;
    scene.artifacts = fake::artifacts(scene.folder.path(), 2);
    let report = scene.verify();
    let about: Vec<&str> = report
        .differences
        .iter()
        .map(|difference| difference.about.as_str())
        .collect();
    assert!(about.contains(&"minter.params: params.min_stake_secs"));
    assert!(about.contains(&"code 1 of oracle"), "{about:?}");
    assert_eq!(about.len(), 5, "{about:?}");
    assert_eq!(report.notes.len(), 1, "the synths keep theirs");
}

// ---------------------------------------------------------------- upgrade

/// A deployment, and a later build of its codes.
fn renewed() -> Scene {
    let mut scene = Scene::new();
    scene.deploy().unwrap();
    scene.artifacts = fake::artifacts(scene.folder.path(), 2);
    scene.node.conduct().landed.clear();
    scene
}

fn age(scene: &Scene, names: &[&str]) {
    let deployment = scene.deployment();
    let addresses = names
        .iter()
        .map(|name| deployment.contracts[*name].address.clone());
    scene.node.conduct().age = addresses.collect();
}

const CONTRACTS: [&str; 4] = ["oracle", "treasury", "debt-registry", "synth-minter"];

#[test]
fn an_upgrade_brings_every_contract_the_new_code() {
    let scene = renewed();
    age(&scene, &CONTRACTS);
    assert_eq!(scene.upgrade(&[]).unwrap(), Progress::Done { sent: 2 });
    let landed = scene.node.landed();
    assert_eq!(landed.len(), 8, "{landed:?}");
    assert_eq!(scene.verify().differences, []);
    assert_eq!(scene.upgrade(&[]).unwrap(), Progress::Done { sent: 0 });
    assert_eq!(scene.node.landed(), landed);
    assert!(matches!(
        scene.deploy(),
        Err(DeployError::OtherCodes { kinds, .. }) if kinds == "cw20"
    ));
}

/// What the pool issues keeps its code, and what the profile does not deploy is not asked for.
#[test]
fn an_upgrade_brings_the_stability_pool_the_new_code() {
    let mut scene = Scene::of("guarded");
    scene.deploy().unwrap();
    scene.artifacts = fake::artifacts(scene.folder.path(), 2);
    age(&scene, &["oracle", "treasury", "stability-pool"]);
    assert_eq!(scene.upgrade(&[]).unwrap(), Progress::Done { sent: 2 });
    let report = scene.verify();
    assert_eq!(report.differences, []);
    assert_eq!(report.notes.len(), 1, "{:?}", report.notes);
    assert_eq!(scene.upgrade(&[]).unwrap(), Progress::Done { sent: 0 });
    for absent in ["synth-minter", "DUCA", "LPD"] {
        let refused = scene.upgrade(&[absent]);
        assert!(
            matches!(refused, Err(DeployError::NoUpgrade(_))),
            "{absent}"
        );
    }
}

#[test]
fn one_contract_alone_can_be_upgraded() {
    let scene = renewed();
    age(&scene, &["oracle"]);
    assert_eq!(
        scene.upgrade(&["oracle"]).unwrap(),
        Progress::Done { sent: 2 }
    );
    let about: Vec<String> = scene
        .verify()
        .differences
        .into_iter()
        .map(|difference| difference.about)
        .collect();
    assert_eq!(about.len(), 3, "{about:?}");
    assert!(!about.iter().any(|about| about.contains("oracle")));
    assert!(matches!(
        scene.upgrade(&["LUSD"]),
        Err(DeployError::NoUpgrade(_))
    ));
}

#[test]
fn an_upgrade_may_end_after_any_answer() {
    let whole = renewed();
    age(&whole, &CONTRACTS);
    let before = whole.node.conduct().requests;
    whole.upgrade(&[]).unwrap();
    let requests = whole.node.conduct().requests - before;
    for answers in (0..requests).step_by(2) {
        let scene = renewed();
        age(&scene, &CONTRACTS);
        scene.node.conduct().answers_left = Some(answers);
        let _ = scene.upgrade(&[]);
        scene.node.conduct().answers_left = None;
        scene.upgrade(&[]).unwrap();
        let landed = scene.node.landed();
        assert_eq!(landed.len(), 8, "after {answers} answers: {landed:?}");
        assert_eq!(scene.verify().differences, []);
    }
}

fn give_up(scene: &Scene) {
    let given_up = scene.run(|runner| {
        let mut deployment = runner.store.load()?.unwrap();
        runner.give_up(&mut deployment)?;
        Ok(Progress::Done { sent: 0 })
    });
    given_up.unwrap();
}

#[test]
fn after_an_upgrade_that_was_given_up_the_earlier_build_is_the_deployment_again() {
    let mut scene = renewed();
    let before = scene.deployment();
    let error = scene.upgrade(&["treasury"]).unwrap_err();
    assert!(error.to_string().contains("NotOlder"), "{error}");
    give_up(&scene);
    assert_ne!(scene.deployment().codes, before.codes);
    scene.artifacts = fake::artifacts(scene.folder.path(), 1);
    assert_eq!(scene.upgrade(&[]).unwrap(), Progress::Done { sent: 0 });
    assert_eq!(scene.deployment().codes, before.codes);
    assert_eq!(scene.verify().differences, []);
}

#[test]
fn an_upgrade_that_a_contract_refuses_can_be_given_up() {
    let scene = renewed();
    let error = scene.upgrade(&["treasury"]).unwrap_err();
    assert!(error.to_string().contains("NotOlder"), "{error}");
    let other = scene.upgrade(&["oracle"]).unwrap_err();
    assert!(matches!(other, DeployError::NoUpgrade(_)), "{other}");
    give_up(&scene);
    age(&scene, &["treasury"]);
    // Its code is on the chain by now.
    assert_eq!(
        scene.upgrade(&["treasury"]).unwrap(),
        Progress::Done { sent: 1 }
    );
    assert_eq!(scene.node.landed().len(), 2);
}

// ---------------------------------------------------------------- signed by others

/// Signs and sends what is in a file, as others would.
fn sign_elsewhere(scene: &Scene, file: &Path, change: impl FnOnce(&mut Vec<Msg>)) -> String {
    let tx: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let text = |msg: &Value, field: &str| msg[field].as_str().unwrap().to_owned();
    let mut msgs: Vec<Msg> = tx["body"]["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|msg| match msg["@type"].as_str().unwrap() {
            "/cosmwasm.wasm.v1.MsgStoreCode" => Msg::StoreCode {
                sender: text(msg, "sender"),
                wasm: BASE64.decode(text(msg, "wasm_byte_code")).unwrap(),
            },
            "/cosmwasm.wasm.v1.MsgInstantiateContract" => Msg::Instantiate {
                sender: text(msg, "sender"),
                admin: Some(text(msg, "admin")),
                code_id: text(msg, "code_id").parse().unwrap(),
                label: text(msg, "label"),
                msg: msg["msg"].clone(),
                funds: vec![],
            },
            _ => Msg::execute(
                text(msg, "sender"),
                text(msg, "contract"),
                msg["msg"].clone(),
                vec![],
            ),
        })
        .collect();
    change(&mut msgs);
    let client = Client::connect(scene.setting.network.clone()).unwrap();
    let sent = client.send("owner", msgs, Gas::Limit(9)).unwrap();
    sent.unwrap().hash
}

fn generate(scene: &Scene, landed: &[String]) -> Result<Progress, DeployError> {
    scene.run(|runner| runner.deploy(Mode::Generate, landed))
}

#[test]
fn others_can_sign_everything() {
    let scene = Scene::new();
    let mut landed = vec![];
    let mut rounds = 0;
    loop {
        match generate(&scene, &landed).unwrap() {
            Progress::Done { sent } => {
                assert_eq!(sent, 0);
                break;
            }
            Progress::Awaiting(files) => {
                // Asked again before they have signed, it asks for the same.
                let again = generate(&scene, &[]).unwrap();
                assert_eq!(again, Progress::Awaiting(files.clone()));
                assert_eq!(scene.deploy().unwrap(), again, "nothing is sent meanwhile");
                landed = files
                    .iter()
                    .map(|file| sign_elsewhere(&scene, file, |_| {}).to_lowercase())
                    .collect();
                rounds += 1;
            }
        }
    }
    assert_eq!(rounds, 6);
    scene.assert_done("signed by others");
    let left = fs::read_dir(scene.deployments()).unwrap().count();
    assert_eq!(left, 2, "the deployment and its lock");
}

#[test]
fn only_what_was_asked_for_is_taken() {
    let scene = Scene::new();
    let Progress::Awaiting(files) = generate(&scene, &[]).unwrap() else {
        panic!("nothing to sign");
    };
    let less = sign_elsewhere(&scene, &files[0], |msgs| {
        msgs.pop();
    });
    let unknown = "AB".repeat(32);
    for hash in [less, unknown, "rubbish".into()] {
        let error = generate(&scene, &[hash]).unwrap_err();
        assert!(matches!(error, DeployError::NotAwaited { .. }), "{error}");
    }
    let right = sign_elsewhere(&scene, &files[0], |_| {});
    assert!(generate(&scene, &[right]).is_ok());
    assert_eq!(
        scene.deployment().codes.len(),
        scene.setting.profile.kinds().len()
    );
}

// ---------------------------------------------------------------- the node

fn fault(network: &Network) -> LiveError {
    Client::connect(network.clone()).map(|_| ()).unwrap_err()
}

#[rstest]
#[case::html("<html>502 Bad Gateway</html>", "not JSON")]
#[case::truncated("{\"jsonrpc\":\"2.0\",\"id\":1,\"resu", "not JSON")]
#[case::nothing("", "not JSON")]
#[case::empty("{}", "no result")]
#[case::a_list("[]", "no result")]
#[case::half(
    "{\"result\": {\"node_info\": {\"network\": \"fake-1\"}}}",
    "a part is missing"
)]
#[case::number(
    "{\"result\": {\"node_info\": {\"network\": \"fake-1\"}, \"sync_info\": {\"latest_block_height\": \"-1\", \"latest_block_time\": \"x\", \"catching_up\": false}}}",
    "a part is missing"
)]
fn nonsense_is_called_so(#[case] answer: &str, #[case] problem: &str) {
    let scene = Scene::new();
    scene.node.conduct().always = Some(answer.to_owned());
    let error = fault(&scene.setting.network);
    assert!(matches!(error, LiveError::Nonsense { .. }), "{error}");
    assert!(error.to_string().contains(problem), "{error}");
    assert!(error.to_string().contains(&scene.node.address), "{error}");
}

#[test]
fn an_error_of_the_node_is_shown() {
    let scene = Scene::new();
    let text = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no","data":"too busy"}}"#;
    scene.node.conduct().always = Some(text.into());
    let error = fault(&scene.setting.network);
    assert_eq!(error.to_string(), "NodeSaysNo: status: no: too busy");
}

#[test]
fn a_node_that_is_not_there_is_named() {
    let mut network = Scene::new().setting.network.clone();
    network.rpc = "http://127.0.0.1:1".into();
    let error = fault(&network);
    assert!(matches!(error, LiveError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("127.0.0.1:1"), "{error}");
}

#[test]
fn a_node_of_another_chain_is_refused() {
    let scene = Scene::new();
    scene.node.conduct().chain_id = Some("other-2".into());
    let error = fault(&scene.setting.network);
    assert!(matches!(error, LiveError::WrongChain { .. }), "{error}");
    scene.node.conduct().chain_id = None;
    scene.node.conduct().catching_up = true;
    let error = fault(&scene.setting.network);
    assert!(matches!(error, LiveError::CatchingUp { .. }), "{error}");
}

#[test]
fn a_question_is_asked_again() {
    let scene = Scene::new();
    let mut network = scene.setting.network.clone();
    network.limits.retries = 2;
    let before = scene.node.conduct().requests;
    scene.node.conduct().always = Some("<html>".into());
    assert!(Client::connect(network).is_err());
    assert_eq!(scene.node.conduct().requests - before, 3);
}
