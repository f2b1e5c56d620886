import Glibc

/// Writing all of something, however many pieces write(2) takes it in.
enum WholeWrite {
  /// Returns how many bytes could be written, and the errno where these are not all.
  static func write(_ bytes: Span<UInt8>, to fd: Int32) -> (count: Int, errno: Int32?) {
    var written = 0
    while written < bytes.count {
      let result = unsafe bytes.extracting(written...).withUnsafeBytes {
        unsafe Glibc.write(fd, $0.baseAddress, $0.count)
      }
      if result >= 0 {
        written += result
      } else if errno == EAGAIN {
        // The program made the stream non-blocking; we have time.
        var request = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&request, 1, -1)
      } else if errno != EINTR {
        return (written, errno)
      }
    }
    return (written, nil)
  }
}
