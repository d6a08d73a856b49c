//! The choice of a GPU in lesson 06.

use cnn_gpu::adapter::{describe, find, is_software, linux_packages};
use referee::gpu;

#[test]
fn every_system_hears_of_its_own_packages() {
    let has = |release, words| assert!(linux_packages(release).contains(words), "{release}");
    has("NAME=x\nID=debian\n", "apt-get install libvulkan1");
    has("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "apt-get");
    has("ID=\"fedora\"", "dnf install");
    has("ID=arch", "pacman -S");
    has("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"", "zypper");
    has("ID=alpine", "`sudo apk add vulkan-loader mesa-vulkan-swrast` (for a card also mesa-");
    has("", "on Debian: libvulkan1");
}

#[test]
fn an_adapter_is_found_by_part_of_its_name() {
    let Some(gpu) = gpu("an_adapter_is_found_by_part_of_its_name") else { return };
    let (name, _) = gpu.name.split_once(" (").unwrap();
    for name in ["", name, &name.to_uppercase()] {
        assert_eq!(describe(&find(name, None).unwrap()), gpu.name);
    }
    match find("software", None) {
        Ok(adapter) => assert!(is_software(&adapter)),
        Err(error) => assert!(error.to_string().contains("no adapter called software"), "{error}"),
    }
}
