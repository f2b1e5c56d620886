/// An array of messages as it lay in memory, but for what its entry snapshot holds: read at exit.
package struct MessageImages: Sendable {
  /// The `mmsghdr` array.
  package var vector = MemoryImage()
  /// Names, iovec arrays and control blocks.
  package var headers = MemoryImage()
  /// What the iovecs point at.
  package var payload = MemoryImage()

  package init() {}

  package var byteCount: Int {
    vector.bytes.count + headers.bytes.count + payload.bytes.count
  }
}
