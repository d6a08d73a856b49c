//! The device and its queue, opened once; whatever goes wrong there is a sentence.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use common::{Error, Result};
use wgpu::{
    ComputePipeline, Device, DeviceDescriptor, ErrorFilter, Features, PollType, QuerySet,
    QuerySetDescriptor, QueryType, Queue,
};

use crate::adapter::{self, Backend};

/// A GPU that is ready for work.
#[allow(missing_docs)]
pub struct Gpu {
    pub name: String,   // the description of its adapter
    pub software: bool, // on the processor: its times say nothing about GPUs
    pub device: Device, // makes buffers and pipelines
    pub queue: Queue,   // takes commands
    /// When the last submission began and ended, if the GPU has a clock.
    pub(crate) timestamps: Option<QuerySet>,
    /// Compiled kernels, by name and constants.
    pub(crate) pipelines: Mutex<HashMap<String, ComputePipeline>>,
    failure: Arc<OnceLock<String>>, // the first error outside of `checked`
}

impl Gpu {
    /// Opens the GPU with `name` in its description, see [`adapter::find`].
    pub fn open(name: &str, backend: Option<Backend>) -> Result<Gpu> {
        let adapter = adapter::find(name, backend)?;
        let name = adapter::describe(&adapter);
        let clock = adapter.features() & Features::TIMESTAMP_QUERY;
        let (device, queue) = pollster::block_on(adapter.request_device(&DeviceDescriptor {
            label: Some("lesson 06"),
            required_features: clock,
            required_limits: adapter.limits(), // the largest it offers
            ..DeviceDescriptor::default()
        }))
        .map_err(|error| Error::new(format!("{name} does not open: {error}")))?;

        let failure = Arc::new(OnceLock::new());
        let lost = Arc::clone(&failure);
        device.set_device_lost_callback(move |_, reason| {
            let reason = reason.trim().trim_end_matches('.');
            let _ = lost.set(format!(
                "was lost ({reason}); it may have been unplugged, reset by its driver, or stopped \
                 because a step took too long: run again, with a smaller --batch-size or with \
                 --adapter software"
            ));
        });
        let rejected = Arc::clone(&failure);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            let error = error.to_string();
            let words: Vec<&str> = error.split_whitespace().collect();
            let _ = rejected.set(format!("rejected a command: {}", words.join(" ")));
        }));

        let timestamps = (!clock.is_empty()).then(|| {
            device.create_query_set(&QuerySetDescriptor {
                label: Some("timestamps"),
                ty: QueryType::Timestamp,
                count: 2,
            })
        });
        let software = adapter::is_software(&adapter);
        let pipelines = Mutex::default();
        Ok(Gpu { name, software, device, queue, timestamps, pipelines, failure })
    }

    /// Calls `create`, which makes something on the device. If wgpu rejects it, the error
    /// is `what` with wgpu's message.
    pub(crate) fn checked<T>(&self, what: &str, create: impl FnOnce() -> T) -> Result<T> {
        let kinds = [ErrorFilter::OutOfMemory, ErrorFilter::Internal, ErrorFilter::Validation];
        let scopes = kinds.map(|kind| self.device.push_error_scope(kind));
        let created = create();
        let errors = scopes.into_iter().rev().filter_map(|scope| pollster::block_on(scope.pop()));
        let error = errors.reduce(|first, _| first);
        self.healthy()?;
        match error {
            None => Ok(created),
            Some(wgpu::Error::OutOfMemory { .. }) => Err(Error::new(format!(
                "{what}: {} has no memory left; use a smaller --batch-size, or close what else \
                 uses it",
                self.name
            ))),
            Some(error) => Err(Error::new(format!("{what}: {}", error.to_string().trim()))),
        }
    }

    /// An error if the GPU was lost or has rejected a command.
    pub fn healthy(&self) -> Result {
        let _ = self.device.poll(PollType::Poll); // a loss is reported only then
        match self.failure.get() {
            Some(failure) => Err(Error::new(format!("the GPU {} {failure}", self.name))),
            None => Ok(()),
        }
    }

    /// Waits until everything that was submitted is done.
    pub fn wait(&self) -> Result {
        let polled = self.device.poll(PollType::wait_indefinitely());
        self.healthy()?;
        polled.map(drop).map_err(|error| {
            Error::new(format!("the GPU {} cannot be waited for: {error}", self.name))
        })
    }
}
