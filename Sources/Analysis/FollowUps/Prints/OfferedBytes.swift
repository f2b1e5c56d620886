import Records

/// All bytes of the messages that a send offers, to look for others in them.
struct OfferedBytes {
  private let messages: [Message]
  private let contents: [ArraySlice<UInt8>?]
  private let socket: SocketDescription?
  private let hasher: ContentHash

  /// `contents` are all bytes of each, as far as they were read.
  init(
    _ messages: [Message], _ contents: [ArraySlice<UInt8>?], on socket: SocketDescription?,
    _ hasher: ContentHash
  ) {
    self.messages = messages
    self.contents = contents
    self.socket = socket
    self.hasher = hasher
  }

  /// Of a message all of its bytes; nil where they were not read.
  subscript(position: Int) -> ArraySlice<UInt8>? {
    guard messages.indices.contains(position), let count = messages[position].bytes else {
      return nil
    }
    if let kept = messages[position].payload.data, UInt64(kept.count) == count { return kept }
    guard contents.indices.contains(position), let all = contents[position],
      UInt64(all.count) == count
    else { return nil }
    return all
  }

  /// The bytes of a message that were read, from the first on.
  func known(of position: Int) -> ArraySlice<UInt8> {
    if let all = self[position] { return all }
    return messages.indices.contains(position) ? messages[position].payload.data ?? [] : []
  }

  /// So many of a message's first bytes; nil where they were not read.
  func beginning(of position: Int, upTo length: UInt64) -> ArraySlice<UInt8>? {
    if let all = self[position] { return all.prefix(Int(clamping: length)) }
    guard messages.indices.contains(position), let kept = messages[position].payload.data,
      UInt64(kept.count) >= length
    else { return nil }
    return kept.prefix(Int(clamping: length))
  }

  /// Where a message goes, as all spellings of that have it; nil where that is not known. Those of
  /// other system calls have no header, and no name where they go to the peer.
  func destination(of position: Int) -> SocketAddress? {
    guard messages.indices.contains(position) else { return nil }
    return spelled(messages[position].name ?? socket?.peer)
  }

  /// A destination on the same socket in that spelling.
  func spelled(_ destination: SocketAddress?) -> SocketAddress? {
    destination?.destination(from: socket?.local)
  }

  /// As the print of a message has all of its bytes.
  func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 { hasher.hash(UInt64(bytes.count), bytes) }
}
