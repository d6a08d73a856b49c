//! Which GPU: what there is, what the user asked for, and what to do if there is
//! none.

use std::fmt;
use std::str::FromStr;

use common::{Error, Result};
use wgpu::{Adapter, Backends, DeviceType, Instance, InstanceDescriptor, InstanceFlags};

/// What was asked for with `--adapter`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// The fastest: a card of its own before one in the processor, and a real one
    /// before software.
    #[default]
    Best,
    /// Software that behaves like a GPU: slow, and the same everywhere.
    Software,
    /// The first with this in its name, whether in capitals or not.
    Named(String),
}

impl FromStr for Wish {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> std::result::Result<Wish, Self::Err> {
        Ok(match text {
            "" => Wish::Best,
            "software" => Wish::Software,
            name => Wish::Named(name.to_owned()),
        })
    }
}

impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wish::Best => f.write_str("any"),
            Wish::Software => f.write_str("software"),
            Wish::Named(name) => f.write_str(name),
        }
    }
}

/// The interface through which the system reaches its GPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Backend {
    /// Linux, Windows, Android
    Vulkan,
    /// macOS
    Metal,
    /// Windows
    Dx12,
}

/// All adapters of this system, or of one `backend`, the fastest kind first.
pub fn adapters(backend: Option<Backend>) -> Vec<Adapter> {
    let backends = match backend {
        None => Backends::VULKAN | Backends::METAL | Backends::DX12,
        Some(Backend::Vulkan) => Backends::VULKAN,
        Some(Backend::Metal) => Backends::METAL,
        Some(Backend::Dx12) => Backends::DX12,
    };
    let instance = Instance::new(InstanceDescriptor {
        backends,
        // In a debug build: the driver's own checks as well, where its validation
        // layers are installed. wgpu's checks are always on.
        flags: InstanceFlags::from_build_config(),
        ..InstanceDescriptor::new_without_display_handle()
    });
    let mut adapters = pollster::block_on(instance.enumerate_adapters(backends));
    adapters.sort_by_key(|adapter| match adapter.get_info().device_type {
        DeviceType::DiscreteGpu => 0,
        DeviceType::IntegratedGpu => 1,
        DeviceType::VirtualGpu => 2,
        DeviceType::Other => 3,
        DeviceType::Cpu => 4,
    });
    adapters
}

/// The adapter that `wish` means.
///
/// # Errors
/// If there is none, with what to install; or if none is meant, with those that
/// there are.
pub fn choose(wish: &Wish, backend: Option<Backend>) -> Result<Adapter> {
    let adapters = adapters(backend);
    if adapters.is_empty() {
        return Err(Error::new(none(backend)));
    }
    let names: Vec<String> = adapters.iter().map(describe).collect();
    let meant = |adapter: &Adapter| match wish {
        Wish::Best => true,
        Wish::Software => is_software(adapter),
        Wish::Named(name) => describe(adapter).to_lowercase().contains(&name.to_lowercase()),
    };
    adapters.into_iter().find(meant).ok_or_else(|| {
        Error::new(format!(
            "--adapter: there is no adapter called {wish}; there is {}",
            names.join(", and ")
        ))
    })
}

/// Whether the adapter is the processor in disguise.
pub fn is_software(adapter: &Adapter) -> bool {
    adapter.get_info().device_type == DeviceType::Cpu
}

/// The adapter for people: its name, its kind, and how it is reached.
pub fn describe(adapter: &Adapter) -> String {
    let info = adapter.get_info();
    let kind = match info.device_type {
        DeviceType::DiscreteGpu => "a card of its own",
        DeviceType::IntegratedGpu => "in the processor",
        DeviceType::VirtualGpu => "virtual",
        DeviceType::Cpu => "software, runs on the processor",
        DeviceType::Other => "of unknown kind",
    };
    format!("{} ({kind}; {:?})", info.name.trim(), info.backend)
}

/// What to say where there is no adapter: what to install on this system.
fn none(backend: Option<Backend>) -> String {
    let cure = if cfg!(target_os = "macos") {
        "every Mac since 2012 has one that Metal reaches, so run this outside of a virtual machine, \
         and leave --backend away"
    } else if cfg!(windows) {
        "install the graphics card's current driver (from NVIDIA, AMD or Intel, or through \
         Windows Update), and leave --backend away"
    } else {
        let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
        cure_on_linux(&release)
    };
    let what = match backend {
        None => "no GPU was found, and no software that stands in for one".to_owned(),
        Some(backend) => format!("no GPU was found through --backend {backend:?}").to_lowercase(),
    };
    format!("{what}; {cure}")
}

/// The packages of the distribution that `/etc/os-release` names.
fn cure_on_linux(release: &str) -> &'static str {
    let named = |names: &[&str]| {
        let lines = release.lines().filter(|l| l.starts_with("ID=") || l.starts_with("ID_LIKE="));
        let mut words = lines.flat_map(|l| l.split(['=', ' ', '"']));
        words.any(|word| names.contains(&word))
    };
    if named(&["debian", "ubuntu"]) {
        "install one with `sudo apt-get install libvulkan1 mesa-vulkan-drivers` (for an NVIDIA \
         card also its driver)"
    } else if named(&["fedora", "rhel", "centos"]) {
        "install one with `sudo dnf install vulkan-loader mesa-vulkan-drivers` (for an NVIDIA \
         card also its driver)"
    } else if named(&["arch", "manjaro"]) {
        "install one with `sudo pacman -S vulkan-icd-loader vulkan-swrast` (for a card also \
         vulkan-radeon, vulkan-intel or nvidia-utils)"
    } else if named(&["suse", "opensuse"]) {
        "install one with `sudo zypper install libvulkan1 libvulkan_lvp` (for a card also \
         libvulkan_radeon, libvulkan_intel or NVIDIA's driver)"
    } else if named(&["alpine"]) {
        "install one with `sudo apk add vulkan-loader mesa-vulkan-swrast` (for a card also \
         mesa-vulkan-ati or mesa-vulkan-intel)"
    } else {
        "install a Vulkan loader and Mesa's Vulkan drivers (on Debian: libvulkan1 and \
         mesa-vulkan-drivers), or the driver of the card's maker"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_system_hears_of_its_own_packages() {
        let cure = |release| cure_on_linux(release);
        assert!(cure("NAME=x\nID=debian\n").contains("apt-get install libvulkan1"));
        assert!(cure("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n").contains("apt-get"));
        assert!(cure("ID=\"fedora\"").contains("dnf install"));
        assert!(cure("ID=arch").contains("pacman -S"));
        assert!(cure("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"").contains("zypper"));
        assert!(cure("").contains("on Debian: libvulkan1"));
    }

    #[test]
    fn a_wish_is_software_or_a_name() {
        assert_eq!("software".parse(), Ok(Wish::Software));
        assert_eq!("RTX".parse(), Ok(Wish::Named("RTX".to_owned())));
        assert_eq!("".parse(), Ok(Wish::Best));
    }
}
