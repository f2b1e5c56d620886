import Glibc

/// A file descriptor of ours, closed when the last reference goes.
package final class Descriptor: Sendable {
  package let number: Int32

  package init(_ number: Int32) { self.number = number }

  deinit { _ = close(number) }
}

extension Descriptor {
  /// True where one about a thread or a process may be kept open to save opening it again. Half of
  /// what we may open is left for the rest, as for taking in a new thread, which without a tracer
  /// would have its sends refused by our filter.
  var mayBeKept: Bool { number < Self.maximumKept }

  private static let maximumKept: Int32 = {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      return 0
    }
    return Int32(min(limit.rlim_cur / 2, 256))
  }()
}
