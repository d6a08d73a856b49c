//! Which GPU: the adapters of this system, the choice of one by name, and what to
//! install if there is none.

use common::{Error, Result};
use wgpu::{Adapter, Backends, DeviceType, Instance, InstanceDescriptor, InstanceFlags};

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
        // In a debug build the driver's validation layers too, where installed; wgpu's
        // own checks are always on.
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

/// The first adapter with `name` in its description, in capitals or not; for
/// `software` one that runs on the processor, and without a name the fastest. The error
/// names what to install if there is no adapter, and all adapters if none matches.
pub fn find(name: &str, backend: Option<Backend>) -> Result<Adapter> {
    let adapters = adapters(backend);
    if adapters.is_empty() {
        return Err(Error::new(no_adapter(backend)));
    }
    let names = adapters.iter().map(describe).collect::<Vec<_>>().join(", and ");
    let matches = |adapter: &Adapter| match name {
        "" => true,
        "software" => is_software(adapter),
        _ => describe(adapter).to_lowercase().contains(&name.to_lowercase()),
    };
    let found = adapters.into_iter().find(matches);
    found.ok_or_else(|| Error::new(format!("no adapter is called {name}; there is {names}")))
}

/// Prints a line for each adapter.
pub fn print_list(backend: Option<Backend>) -> Result {
    find("", backend)?;
    adapters(backend).iter().for_each(|adapter| println!("{}", describe(adapter)));
    Ok(())
}

/// Whether the adapter is software that runs on the processor.
pub fn is_software(adapter: &Adapter) -> bool {
    adapter.get_info().device_type == DeviceType::Cpu
}

/// The adapter's name, its kind, and its interface.
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

/// The message where there is no adapter: what to install on this system.
fn no_adapter(backend: Option<Backend>) -> String {
    let on_this_system = [true, cfg!(target_os = "macos"), cfg!(windows)]; // Vulkan, Metal, Dx12
    let exists = backend.is_none_or(|backend| on_this_system[backend as usize]);
    let cure = if !exists {
        "this system does not have it; leave --backend away".to_owned()
    } else if cfg!(target_os = "macos") {
        "every Mac since 2012 has one that Metal reaches, so run this outside of a virtual machine, \
         and leave --backend away"
            .to_owned()
    } else if cfg!(windows) {
        "install the graphics card's current driver (from NVIDIA, AMD or Intel, or through \
         Windows Update), and leave --backend away"
            .to_owned()
    } else {
        linux_packages(&std::fs::read_to_string("/etc/os-release").unwrap_or_default())
    };
    let what = match backend {
        None => "no GPU was found, and no software that stands in for one".to_owned(),
        Some(backend) => {
            let name = format!("{backend:?}").to_lowercase();
            format!("no GPU was found through --backend {name}")
        }
    };
    format!("{what}; {cure}")
}

const NVIDIA: &str = "an NVIDIA card also its driver";

/// Distributions, how to install Vulkan and its software adapter, and what a card needs.
const LINUX: [(&str, &str, &str); 5] = [
    ("debian ubuntu", "apt-get install libvulkan1 mesa-vulkan-drivers", NVIDIA),
    ("fedora rhel centos", "dnf install vulkan-loader mesa-vulkan-drivers", NVIDIA),
    (
        "arch manjaro",
        "pacman -S vulkan-icd-loader vulkan-swrast",
        "a card also vulkan-radeon, vulkan-intel or nvidia-utils",
    ),
    (
        "suse opensuse",
        "zypper install libvulkan1 libvulkan_lvp",
        "a card also libvulkan_radeon, libvulkan_intel or NVIDIA's driver",
    ),
    (
        "alpine",
        "apk add vulkan-loader mesa-vulkan-swrast",
        "a card also mesa-vulkan-ati or mesa-vulkan-intel",
    ),
];

/// What to install on the distribution that `/etc/os-release` names.
pub fn linux_packages(os_release: &str) -> String {
    let lines = os_release.lines().filter(|l| l.starts_with("ID=") || l.starts_with("ID_LIKE="));
    let ids: Vec<&str> = lines.flat_map(|line| line.split(['=', ' ', '"'])).collect();
    match LINUX.iter().find(|(names, ..)| names.split(' ').any(|name| ids.contains(&name))) {
        Some((_, command, card)) => format!("install one with `sudo {command}` (for {card})"),
        None => "install a Vulkan loader and Mesa's Vulkan drivers (on Debian: libvulkan1 and \
                 mesa-vulkan-drivers), or the driver of the card's maker"
            .to_owned(),
    }
}
