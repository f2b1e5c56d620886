import Decoding
import Glibc

/// Memory of a process as far as it is there: no page is waited for.
///
/// process_vm_readv(2) waits for a page that userfaultfd(2) keeps back, and nothing but a fatal
/// signal ends that (`handle_userfault`); where the thread that is to provide the page waits for
/// us, it would be for ever. A read of /proc/PID/mem fails at once instead: it looks pages up
/// without FAULT_FLAG_ALLOW_RETRY (`get_user_page_vma_remote`). It also reads what nobody may read
/// (kernel.md §8), where the call fails with EFAULT: those must stay faults, so that the mappings
/// are asked first.
struct PresentMemory {
  private let memory: Descriptor
  private let mappings: Mappings

  /// Nil where it may not be read.
  init?(_ tid: Int32) {
    guard let mappings = Mappings(tid) else { return nil }
    let fd = unsafe open("/proc/\(tid)/mem", O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { return nil }
    memory = Descriptor(fd)
    self.mappings = mappings
  }

  /// Reads from `address` on, up to the first byte that is not there or not to be read; the bytes
  /// read. Only mappings that `isWanted` says yes to are read.
  func read(
    from address: UInt64, into buffer: UnsafeMutableRawBufferPointer,
    where isWanted: (Mapping) -> Bool = { $0.isReadableInKernel }
  ) -> Int {
    var done = 0
    while done < buffer.count {
      let start = address &+ UInt64(done)
      guard case .mapping(let mapping) = mappings.find(start), isWanted(mapping) else { break }
      let wanted = Int(min(UInt64(buffer.count - done), mapping.end &- start))
      let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + wanted])
      let got = unsafe pread(
        memory.number, part.baseAddress, wanted, off_t(truncatingIfNeeded: start))
      done += max(got, 0)
      if got < wanted { break }
    }
    return done
  }
}
