//! Guards the layout: sizes, names, who may write SQL, who may call whom.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every source file of every crate, tests left out.
fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path().join("src"))
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
            if is_test {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((path.clone(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(found.len() > 50, "the sources were not found");
    found
}

fn offenders(is_one: impl Fn(&Path, &str) -> bool) -> Vec<PathBuf> {
    sources()
        .into_iter()
        .filter(|(path, text)| is_one(path, text))
        .map(|(path, _)| path)
        .collect()
}

fn is_in(path: &Path, part: &str) -> bool {
    path.to_string_lossy().replace('\\', "/").contains(part)
}

#[test]
fn no_source_file_passes_500_lines_and_the_median_is_at_most_150() {
    let mut sizes: Vec<(usize, PathBuf)> = sources()
        .into_iter()
        .map(|(path, text)| (text.lines().count(), path))
        .collect();
    sizes.sort();
    let too_long: Vec<_> = sizes.iter().filter(|(lines, _)| *lines > 500).collect();
    assert!(too_long.is_empty(), "too long: {too_long:?}");
    let median = sizes[sizes.len() / 2].0;
    assert!(median <= 150, "the median source file has {median} lines");
}

#[test]
fn no_file_has_a_name_without_meaning() {
    let empty = ["util", "utils", "helper", "helpers", "common", "misc", "manager"];
    let found = offenders(|path, _| {
        path.components()
            .any(|part| empty.contains(&part.as_os_str().to_string_lossy().trim_end_matches(".rs")))
    });
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn sql_stands_in_the_store_alone() {
    let verbs = ["SELECT ", "INSERT INTO ", "DELETE FROM ", "UPDATE "];
    let found = offenders(|path, text| {
        !is_in(path, "crates/store/")
            && (text.contains("sqlx::") || verbs.iter().any(|verb| text.contains(&format!("\"{verb}"))))
    });
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn only_actions_and_jobs_write() {
    let found = offenders(|path, text| {
        is_in(path, "crates/sceau/src/")
            && !is_in(path, "/actions/")
            && !is_in(path, "/jobs/")
            && text.contains(".write(move |tx|")
    });
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn doors_call_actions_and_never_the_store() {
    let doors = [
        "/src/console/",
        "/src/api/",
        "/src/scim/",
        "/src/mdm/",
        "/src/pki/",
    ];
    let found = offenders(|path, text| {
        is_in(path, "crates/sceau") && doors.iter().any(|door| is_in(path, door)) && text.contains("store::")
    });
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn http_clients_stand_in_outbound_alone() {
    let found = offenders(|path, text| {
        is_in(path, "crates/sceau/src/") && !is_in(path, "/outbound/") && text.contains("hyper::client")
    });
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn ldap_is_spoken_in_one_room_alone() {
    let found = offenders(|path, text| !is_in(path, "/outbound/ldap/") && text.contains("ldap3::"));
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn the_crates_arrows_point_one_way() {
    let allowed: [(&str, &[&str]); 8] = [
        ("scep", &[]),
        ("ndes", &[]),
        ("ms-mdm", &[]),
        ("ca", &[]),
        ("domain", &["scep", "ms-mdm", "ca", "ndes"]),
        ("store", &["domain"]),
        ("lab", &["scep", "ca"]),
        (
            "sceau",
            &["scep", "ndes", "ms-mdm", "ca", "domain", "store", "lab"],
        ),
    ];
    for (name, may) in allowed {
        let manifest = fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dev-dependencies]").next().unwrap();
        for (other, _) in allowed {
            let is_used = dependencies.lines().any(|line| {
                line.starts_with(&format!("{other}.workspace")) || line.starts_with(&format!("{other} ="))
            });
            assert!(
                !is_used || may.contains(&other),
                "{name} must not depend on {other}"
            );
        }
    }
}

#[test]
fn unsafe_code_stands_in_one_module_alone() {
    // What aws-lc-rs refuses to old clients: SHA-1 and MD5 signatures, keys of 1024 bits.
    let found = offenders(|path, text| {
        !is_in(path, "crates/scep/src/crypto/legacy.rs")
            && (text.contains("unsafe {") || text.contains("unsafe fn"))
    });
    assert!(found.is_empty(), "{found:?}");
}
