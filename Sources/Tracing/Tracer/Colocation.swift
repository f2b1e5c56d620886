import Glibc
import Records

/// A process of one thread that runs on the tracer's CPU.
///
/// To wake another CPU is most of what a stop costs. Where the two share one, the thread that
/// stops makes room for the tracer and the other way round, and nothing has to be woken.
///
/// The process must not find out. It is told the mask it would have when it asks, what it makes
/// gets that mask, and a mask that it or anyone else chooses for it is left alone.
struct Colocation {
  /// The process, and its only thread.
  let tid: Int32
  /// What it would have without us.
  let original: CPUMask
  /// The one CPU of it.
  let shared: CPUMask
  /// What the tracer's thread had.
  private let ours: CPUMask

  /// Puts the calling thread and a stopped one on the CPU that the latter ran on last, or on the
  /// lowest of its own. Where that fails nothing has changed.
  init(with tid: Int32) throws(AffinityError) {
    self.tid = tid
    original = try CPUMask.of(tid)
    ours = try CPUMask.of(0)
    let last = ProcFile.lastCPU(ofThread: tid).flatMap { [original] in original.only($0) }
    guard let shared = last ?? original.lowest.flatMap({ [original] in original.only($0) }) else {
      throw AffinityError(errno: Errno(rawValue: EINVAL))
    }
    self.shared = shared
    try shared.apply(to: 0)
    do {
      if shared != original { try shared.apply(to: tid) }
    } catch {
      try? ours.apply(to: 0)
      throw error
    }
  }

  /// Gives a thread what the process had. One that has another mask by now has it by somebody's
  /// wish, and keeps it.
  func restore(_ tid: Int32) throws(AffinityError) {
    guard shared != original else { return }
    do {
      if try CPUMask.of(tid) == shared { try original.apply(to: tid) }
    } catch  where !error.isGone {
      throw error
    } catch {}
  }

  /// Gives the tracer's thread, which calls this, its own CPUs back.
  func leave() throws(AffinityError) { try ours.apply(to: 0) }

  /// What `sched_getaffinity` is to have answered instead of `answer`; nil where the answer is
  /// not of our making.
  func corrected(_ answer: [UInt8]) -> [UInt8]? {
    guard shared != original, answer.count <= shared.bytes.count,
      shared.bytes.starts(with: answer),
      shared.bytes.dropFirst(answer.count).allSatisfy({ $0 == 0 })
    else { return nil }
    return Array(original.bytes.prefix(answer.count))
  }
}
