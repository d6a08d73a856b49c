//! The device ceremony, once: open a GPU, give it memory and kernels, hand it
//! work, wait, and read back. Whatever goes wrong on the way is a sentence.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use common::{Error, Result};
use wgpu::{
    Adapter, BindGroup, CommandEncoder, ComputePassDescriptor, ComputePassTimestampWrites, Device,
    DeviceDescriptor, ErrorFilter, Features, PollType, QuerySet, Queue,
};

use crate::adapter::{self, Backend, Wish};
use crate::kernel::{Constants, Kernel, Source};

/// A GPU that is ready for work.
pub struct Gpu {
    /// What it runs on, for people.
    pub name: String,
    /// Whether that is the processor in disguise, whose times say nothing.
    pub software: bool,
    /// wgpu's own: here memory and kernels come from.
    pub device: Device,
    /// Here work goes to.
    pub queue: Queue,
    /// The two clock readings around a pass, where the GPU has a clock.
    clock: Option<QuerySet>,
    kernels: Mutex<HashMap<(&'static str, String), Arc<Kernel>>>,
    /// What has gone wrong, if something has.
    trouble: Arc<Mutex<Option<String>>>,
}

/// A kernel with its arrays, and how many workgroups are to run it.
pub struct Dispatch {
    /// What is run.
    pub kernel: Arc<Kernel>,
    /// On which arrays: see [`Kernel::on`].
    pub arrays: BindGroup,
    /// How many workgroups along x, y and z.
    pub groups: [usize; 3],
}

impl Gpu {
    /// The GPU that `wish` means, through `backend` or any.
    ///
    /// # Errors
    /// If there is none, or it does not open.
    pub fn open(wish: &Wish, backend: Option<Backend>) -> Result<Gpu> {
        Gpu::on(&adapter::choose(wish, backend)?)
    }

    /// The GPU behind `adapter`.
    ///
    /// # Errors
    /// If it does not open.
    pub fn on(adapter: &Adapter) -> Result<Gpu> {
        let name = adapter::describe(adapter);
        let clock = adapter.features() & Features::TIMESTAMP_QUERY;
        let (device, queue) = pollster::block_on(adapter.request_device(&DeviceDescriptor {
            label: Some("lesson 06"),
            required_features: clock,
            required_limits: adapter.limits(), // all that it has
            ..DeviceDescriptor::default()
        }))
        .map_err(|error| Error::new(format!("{name} does not open: {error}")))?;

        let trouble = Arc::new(Mutex::new(None));
        let lost = Arc::clone(&trouble);
        device.set_device_lost_callback(move |_, why| {
            let why = why.trim().trim_end_matches('.');
            *lost.lock().unwrap_or_else(PoisonError::into_inner) = Some(format!(
                "was lost ({why}); it may have been unplugged, reset by its driver, or stopped \
                 because a step took too long: run again, with a smaller --batch-size or with \
                 --adapter software"
            ));
        });
        let refused = Arc::clone(&trouble);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            let mut first = refused.lock().unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert_with(|| {
                format!("refused what it was told: {}", one_line(&error.to_string()))
            });
        }));

        let clock = (!clock.is_empty()).then(|| {
            device.create_query_set(&wgpu::QuerySetDescriptor {
                label: Some("clock"),
                ty: wgpu::QueryType::Timestamp,
                count: 2,
            })
        });
        let software = adapter::is_software(adapter);
        Ok(Gpu { name, software, device, queue, clock, kernels: Mutex::default(), trouble })
    }

    /// The kernel of `source` with these `constants`; compiled once.
    ///
    /// # Errors
    /// If it does not compile, with the compiler's words.
    pub fn kernel(&self, source: &Source, constants: &Constants) -> Result<Arc<Kernel>> {
        let key = (source.name, format!("{constants:?}"));
        let mut kernels = self.kernels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kernel) = kernels.get(&key) {
            return Ok(Arc::clone(kernel));
        }
        let kernel = Arc::new(Kernel::compile(self, source, constants)?);
        kernels.insert(key, Arc::clone(&kernel));
        Ok(kernel)
    }

    /// Does `work` and says what wgpu has against it, if anything.
    ///
    /// # Errors
    /// With wgpu's words behind `what`.
    pub(crate) fn checked<T>(&self, what: &str, work: impl FnOnce() -> T) -> Result<T> {
        let memory = self.device.push_error_scope(ErrorFilter::OutOfMemory);
        let internal = self.device.push_error_scope(ErrorFilter::Internal);
        let validation = self.device.push_error_scope(ErrorFilter::Validation);
        let done = work();
        let mut found = None;
        for scope in [validation, internal, memory] {
            found = found.or(pollster::block_on(scope.pop()));
        }
        self.healthy()?;
        match found {
            None => Ok(done),
            Some(wgpu::Error::OutOfMemory { .. }) => Err(Error::new(format!(
                "{what}: {} has no memory left; use a smaller --batch-size, or close what else \
                 uses it",
                self.name
            ))),
            Some(error) => Err(Error::new(format!("{what}: {}", error.to_string().trim()))),
        }
    }

    /// # Errors
    /// If the GPU was lost or has refused something.
    pub fn healthy(&self) -> Result {
        let _ = self.device.poll(PollType::Poll); // it tells of a loss only when asked
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match trouble.as_ref() {
            Some(trouble) => Err(Error::new(format!("the GPU {} {trouble}", self.name))),
            None => Ok(()),
        }
    }

    /// Lets the GPU do all `dispatches`, one after the other, in one submission,
    /// and does not wait. `after` may have it copy something when it is done.
    ///
    /// # Errors
    /// If the GPU was lost, or there are more workgroups than it can count.
    pub fn submit<'a>(
        &self,
        dispatches: impl IntoIterator<Item = &'a Dispatch>,
        after: impl FnOnce(&mut CommandEncoder),
    ) -> Result {
        let mut encoder = self.device.create_command_encoder(&Default::default());
        let clock = self.clock.as_ref().map(|query_set| ComputePassTimestampWrites {
            query_set,
            beginning_of_pass_write_index: Some(0),
            end_of_pass_write_index: Some(1),
        });
        let most = self.device.limits().max_compute_workgroups_per_dimension;
        let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor {
            label: Some("all dispatches"),
            timestamp_writes: clock,
        });
        for Dispatch { kernel, arrays, groups } in dispatches {
            if groups.iter().any(|&count| count > most as usize) {
                return Err(Error::new(format!(
                    "{}: {groups:?} workgroups are more than the {most} that {} counts along an \
                     axis; use a smaller --batch-size",
                    kernel.name, self.name
                )));
            }
            pass.set_pipeline(&kernel.pipeline);
            pass.set_bind_group(0, arrays, &[]);
            let [x, y, z] = groups.map(|count| count as u32);
            pass.dispatch_workgroups(x, y, z);
        }
        drop(pass);
        after(&mut encoder);
        self.queue.submit([encoder.finish()]);
        self.healthy()
    }

    /// Waits until everything that was submitted is done.
    ///
    /// # Errors
    /// If the GPU was lost.
    pub fn wait(&self) -> Result {
        let polled = self.device.poll(PollType::wait_indefinitely());
        self.healthy()?;
        polled.map(drop).map_err(|error| {
            Error::new(format!("the GPU {} cannot be waited for: {error}", self.name))
        })
    }

    /// Seconds between the beginning and the end of the last submission's pass by
    /// the GPU's own clock; `None` if it has none. Waits.
    ///
    /// # Errors
    /// If the GPU was lost.
    pub fn seconds_of_last_pass(&self) -> Result<Option<f64>> {
        let Some(clock) = &self.clock else { return Ok(None) };
        let ticks = self.array("clock", 4)?; // two readings of 64 bits
        let mut encoder = self.device.create_command_encoder(&Default::default());
        encoder.resolve_query_set(clock, 0..2, &ticks.buffer, 0);
        self.queue.submit([encoder.finish()]);
        let words = ticks.read_words(self, 0..4)?;
        let ticks = |k: usize| u64::from(words[2 * k]) | u64::from(words[2 * k + 1]) << 32;
        let apart = ticks(1).saturating_sub(ticks(0)) as f64;
        let seconds = apart * f64::from(self.queue.get_timestamp_period()) * 1e-9;
        Ok((seconds > 0.0).then_some(seconds)) // a clock that stands still is none
    }
}

/// The words of a compiler on one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
