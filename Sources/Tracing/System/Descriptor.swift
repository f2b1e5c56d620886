import Glibc

/// A file descriptor of ours, closed when the last reference goes.
package final class Descriptor: Sendable {
  package let number: Int32

  package init(_ number: Int32) { self.number = number }

  deinit { _ = close(number) }
}
