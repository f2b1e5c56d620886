import Decoding
import Glibc

/// Memory that a program's own system calls read and process_vm_readv(2) does not: mapped without
/// PROT_READ, but to be written or executed, which on x86 and arm lets it be read.
///
/// /proc/PID/mem reads such pages. It also reads pages that nobody may read (kernel.md §8), where
/// the call fails with EFAULT: those must stay faults, so that the mapping is asked first.
struct HiddenMemory {
  private let tid: Int32
  private let end: UInt64

  /// Nil where `address` does not lie in such a mapping (proc_pid_maps(5)).
  init?(_ tid: Int32, at address: UInt64) {
    guard let maps = ProcFile.text("/proc/\(tid)/maps") else { return nil }
    for line in maps.split(separator: "\n") {
      // 7f00-7f10 -w-p 00000000 00:00 0
      let fields = line.split(separator: " ", maxSplits: 2)
      let bounds = fields.first?.split(separator: "-") ?? []
      guard fields.count > 1, bounds.count == 2, let start = UInt64(bounds[0], radix: 16),
        let end = UInt64(bounds[1], radix: 16), start <= address, address < end
      else { continue }
      guard fields[1].hasPrefix("-"), fields[1].contains("w") || fields[1].contains("x") else {
        return nil
      }
      self.tid = tid
      self.end = end
      return
    }
    return nil
  }

  /// Reads up to `limit` or the end of the mapping; the bytes read.
  func read(from address: UInt64, to limit: UInt64, into image: inout MemoryImage) -> Int {
    let fd = unsafe open("/proc/\(tid)/mem", O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { return 0 }
    defer { _ = close(fd) }
    let count = Int(min(limit, end) &- address)
    let got = unsafe image.append(count: count) { buffer in
      unsafe pread(fd, buffer.baseAddress, buffer.count, off_t(truncatingIfNeeded: address))
    }
    image.noteSpan(from: address, count: got)
    return got
  }
}
