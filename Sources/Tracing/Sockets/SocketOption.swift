// Both have the C library's times, and either may count as their module.
import CTracee
import Glibc

/// Asks a socket for its options (getsockopt(2)), all of which leave it as it is: SO_ERROR, which
/// takes the error that waits, is never asked for.
enum SocketOption {
  /// An int; nil where the socket has no such option.
  static func int(_ fd: Int32, _ level: Int32, _ name: Int32) -> Int32? {
    var value: Int32 = 0
    return unsafe (read(fd, level, name, into: &value) ?? 0) > 0 ? value : nil
  }

  /// The same as a truth.
  static func flag(_ fd: Int32, _ level: Int32, _ name: Int32) -> Bool? {
    int(fd, level, name).map { $0 != 0 }
  }

  /// As many words of its value as there are, at most `count` and 16; none where there is no such
  /// option.
  static func words(_ fd: Int32, _ level: Int32, _ name: Int32, count: Int) -> [UInt32] {
    var buffer: InlineArray<16, UInt32> = InlineArray(repeating: 0)
    guard let size = unsafe read(fd, level, name, into: &buffer, most: count * 4) else { return [] }
    return (0..<min((size + 3) / 4, 16)).map { buffer[$0] }
  }

  /// SO_RCVTIMEO or SO_SNDTIMEO in nanoseconds, 0 for none.
  static func timeout(_ fd: Int32, _ name: Int32) -> UInt64? {
    var timeout = timeval()
    guard unsafe read(fd, SOL_SOCKET, name, into: &timeout) != nil else { return nil }
    return UInt64(timeout.tv_sec) &* 1_000_000_000 &+ UInt64(timeout.tv_usec) &* 1000
  }

  /// Copies at most `most` bytes of its value, which must be one of C's, and says how many there
  /// were; nil where there is no such option.
  @unsafe static func read<Value: BitwiseCopyable>(
    _ fd: Int32, _ level: Int32, _ name: Int32, into value: inout Value, most: Int = .max
  ) -> Int? {
    var size = socklen_t(min(MemoryLayout<Value>.size, most))
    return unsafe getsockopt(fd, level, name, &value, &size) == 0 ? Int(size) : nil
  }
}

/// Whose option it is.
enum SocketLevel {
  static let ip: Int32 = 0
  static let tcp: Int32 = 6
  static let udp: Int32 = 17
  static let ipv6: Int32 = 41
  static let packet: Int32 = 263
}
