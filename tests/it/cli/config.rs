//! `planscope config`: what a person has set, what is wrong with it, and where it stands.

use crate::support::program::{Folder, Ran};

fn config(folder: &Folder, arguments: &[&str]) -> Ran {
    let mut command = folder.command(&[&["config"], arguments].concat());
    command.env("XDG_CONFIG_HOME", folder.path("set")).env_remove("PLANSCOPE_CONFIG");
    Ran::of(command.output().expect("it runs"))
}

#[test]
fn without_a_file_the_defaults_are_printed_as_a_file_that_sets_them() {
    let folder = Folder::new();
    let ran = config(&folder, &[]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("# the defaults: there is no "), "{}", ran.out);
    assert!(ran.out.contains("theme = \"auto\"") && ran.out.contains("[keys.plan]\nedit = [\"e\"]\n"), "{}", ran.out);
    folder.write("set/planscope/config.toml", &ran.out);
    let again = config(&folder, &[]);
    let rest = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!((again.status, again.err.as_str(), rest(&again.out)), (0, "", rest(&ran.out)));
    let path = config(&folder, &["--path"]).out;
    assert_eq!(path.trim(), folder.path("set/planscope/config.toml").display().to_string());
}

#[test]
fn what_is_set_is_in_force_and_what_is_faulty_is_said_with_its_line() {
    let folder = Folder::new();
    let text = "theme = \"drak\"\nmouse = false\n[keys.plan]\ndelete = [\"ctrl-d\"]\nskipp = \"x\"\n";
    folder.write("set/planscope/config.toml", text);
    let ran = config(&folder, &[]);
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains("mouse = false") && ran.out.contains("delete = [\"ctrl-d\"]"), "{}", ran.out);
    let lines: Vec<&str> = ran.err.lines().collect();
    assert!(lines.len() == 2 && lines[0].contains("config.toml:1: theme is one of auto"), "{}", ran.err);
    assert!(lines[1].contains("config.toml:5: plan has no action skipp (did you mean skip?)"), "{}", ran.err);
    let mut named = folder.command(&["config"]);
    named.env("PLANSCOPE_CONFIG", folder.path("elsewhere.toml"));
    let ran = Ran::of(named.output().expect("it runs"));
    assert!(ran.status == 1 && ran.err.contains("elsewhere.toml: it cannot be read"), "{}", ran.err);
}
