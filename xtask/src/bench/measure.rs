//! Running a command several times: wall clock, processor time, peak memory.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Medians over the runs.
#[derive(Debug, Clone)]
pub struct Measure {
    /// Wall clock in seconds.
    pub wall: f64,
    /// Processor time of all threads and processes in seconds.
    pub processor: f64,
    /// Highest resident memory in bytes, summed over the processes of a pipeline.
    pub peak: u64,
    /// Number of runs.
    pub runs: usize,
}

/// Runs `script` (bash, in `folder`) once unmeasured so that files and caches are warm, then `runs` times.
/// Standard output goes to `output`.
pub fn measure(script: &str, folder: &Path, output: &Path, runs: usize) -> Result<Measure> {
    if runs > 1 {
        once(script, folder, output)?;
    }
    let all = (0..runs).map(|_| once(script, folder, output)).collect::<Result<Vec<_>>>()?;
    let wall = median(all.iter().map(|(wall, _, _)| *wall).collect());
    let processor = median(all.iter().map(|(_, processor, _)| *processor).collect());
    let peak = median(all.iter().map(|(_, _, peak)| *peak as f64).collect()) as u64;
    Ok(Measure { wall, processor, peak, runs })
}

/// Wall and processor seconds as bash's `time` tells them, and peak bytes.
fn once(script: &str, folder: &Path, output: &Path) -> Result<(f64, f64, u64)> {
    let times = output.with_extension("times");
    let errors = output.with_extension("stderr");
    let timed = format!(
        "set -eo pipefail; TIMEFORMAT='%R %U %S'; {{ time {{ {script} ; }} 2>'{}' ; }} 2>'{}'",
        errors.display(),
        times.display()
    );
    let mut child = Command::new("bash")
        .args(["-c", &timed])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(output)?)
        .spawn()
        .context("starting bash")?;
    let mut peaks = std::collections::BTreeMap::new();
    let status = loop {
        descendants(child.id(), &mut |pid| {
            if let Some(bytes) = high_water(pid) {
                peaks.insert(pid, bytes);
            }
        });
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    if !status.success() {
        let told = std::fs::read_to_string(&errors).unwrap_or_default();
        bail!("`{script}` ended with {status}: {}", told.lines().last().unwrap_or_default());
    }
    let told = std::fs::read_to_string(&times)?;
    let numbers: Vec<f64> = told.split_whitespace().filter_map(|n| n.parse().ok()).collect();
    let [wall, user, system] = numbers[..] else { bail!("bash told no times: `{told}`") };
    Ok((wall, user + system, peaks.values().sum()))
}

/// Calls `visit` for every process below `pid`. Linux only; elsewhere nothing is visited and the peak is 0.
fn descendants(pid: u32, visit: &mut dyn FnMut(u32)) {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    for child in children.split_whitespace().filter_map(|c| c.parse().ok()) {
        visit(child);
        descendants(child, visit);
    }
}

/// The kernel's own high-water mark of resident memory.
fn high_water(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        for (values, expected) in [(vec![3.0], 3.0), (vec![9.0, 1.0, 2.0], 2.0), (vec![4.0, 1.0, 2.0, 3.0], 2.5)] {
            assert_eq!(median(values), expected);
        }
    }

    #[test]
    fn a_command_is_measured_and_a_failing_one_is_an_error() {
        let folder = std::env::temp_dir().join(format!("indgang-measure-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let output = folder.join("output");
        let measured = measure("echo here | cat", &folder, &output, 1).unwrap();
        assert!(measured.wall >= 0.0 && measured.runs == 1);
        assert_eq!(std::fs::read_to_string(&output).unwrap(), "here\n");
        assert!(measure("false | cat", &folder, &output, 1).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
