import CTracee
import Glibc
import Records

/// The CPUs that a thread may run on, as the kernel writes them.
///
///     byte   [ CPUs 0…7 | CPUs 8…15 | … ]      little-endian machines only
struct CPUMask: Hashable, Sendable {
  /// As many as the kernel's own mask has.
  private(set) var bytes: [UInt8]

  /// More than a kernel's mask has: room for 32,768 CPUs.
  private static let capacity = 4096

  /// The mask of a thread, 0 for the calling one.
  static func of(_ tid: Int32) throws(AffinityError) -> CPUMask {
    var bytes = [UInt8](repeating: 0, count: capacity)
    let count = unsafe tracee_get_affinity(tid, &bytes, capacity)
    guard count >= 0 else { throw AffinityError(errno: Errno(rawValue: -count)) }
    return CPUMask(bytes: Array(bytes.prefix(Int(count))))
  }

  /// Makes it the mask of a thread, 0 for the calling one.
  func apply(to tid: Int32) throws(AffinityError) {
    let result = unsafe tracee_set_affinity(tid, bytes, bytes.count)
    guard result >= 0 else { throw AffinityError(errno: Errno(rawValue: -result)) }
  }

  /// On how many CPUs the calling thread may run; 1 where that cannot be told.
  static var ownCount: Int {
    guard let mask = try? of(0) else { return 1 }
    return mask.bytes.reduce(0) { $0 + $1.nonzeroBitCount }
  }

  func contains(_ cpu: Int) -> Bool {
    cpu >= 0 && cpu / 8 < bytes.count && bytes[cpu / 8] >> (cpu % 8) & 1 == 1
  }

  /// Nil where the mask is empty.
  var lowest: Int? { (0..<bytes.count * 8).first(where: contains) }

  /// A mask of the same size with this CPU alone, which is one of this one.
  func only(_ cpu: Int) -> CPUMask? {
    guard contains(cpu) else { return nil }
    var mask = CPUMask(bytes: [UInt8](repeating: 0, count: bytes.count))
    mask.bytes[cpu / 8] = 1 << (cpu % 8)
    return mask
  }
}

/// A thread's mask could not be read, or not be changed.
struct AffinityError: Error, Hashable {
  var errno: Errno

  /// The thread is gone, and with it what was to be done.
  var isGone: Bool { errno == .noProcess }
}
