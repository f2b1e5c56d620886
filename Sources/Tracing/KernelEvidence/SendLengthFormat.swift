import Records

/// Where the kernel puts what, in its trace buffers and in the event `sock:sock_send_length`.
///
/// The kernel says so itself, in text:
///
///     name: sock_send_length
///     ID: 2284
///     format:
///             field:int common_pid;   offset:4;       size:4; signed:1;
package struct SendLengthFormat: Hashable, Sendable {
  /// One field of a fixed size.
  package struct Field: Hashable, Sendable {
    package var offset: Int
    package var size: Int
  }

  /// What the first field of every event says of this one.
  var identifier: UInt16
  /// The same of `io_uring:io_uring_task_work_run`; nil where the kernel has no io_uring.
  var ringWork: UInt16?
  var type: Field
  var tid: Field
  /// The address of the socket in the kernel.
  var socket: Field
  /// What sendmsg returned.
  var result: Field

  /// The header of a page: when its first event was, and how many bytes of events follow.
  var timestamp: Field
  var commit: Field
  /// The events.
  var data: Field

  /// Bytes of a page.
  package var pageSize: Int { data.offset + data.size }

  /// Reads the files `events/sock/sock_send_length/format` and `events/header_page`; nil where
  /// they are not as they are understood here. `ringWork` is the file of the other event.
  package init?(event: String, page: String, ringWork: String? = nil) {
    let fields = Self.fields(event)
    let header = Self.fields(page)
    guard let identifier = Self.identifier(event),
      let type = fields["common_type"], type.size == 2,
      let tid = fields["common_pid"], tid.size == 4,
      let socket = fields["sk"], socket.size == 8 || socket.size == 4,
      let result = fields["ret"], result.size == 4,
      let timestamp = header["timestamp"], timestamp.size == 8,
      let commit = header["commit"], commit.size == 8 || commit.size == 4,
      let data = header["data"], (1...Self.maximumPage).contains(data.size)
    else { return nil }
    self.identifier = identifier
    self.ringWork = ringWork.flatMap(Self.identifier)
    self.type = type
    self.tid = tid
    self.socket = socket
    self.result = result
    self.timestamp = timestamp
    self.commit = commit
    self.data = data
  }

  private static let maximumPage = 1 << 20

  /// The number in the line `ID: N`.
  private static func identifier(_ text: String) -> UInt16? {
    text.split(separator: "\n").first { $0.hasPrefix("ID: ") }.flatMap { UInt16($0.dropFirst(4)) }
  }

  /// The fields by name, of lines `field:TYPE NAME; offset:N; size:N; signed:N;`.
  private static func fields(_ text: String) -> [Substring: Field] {
    var fields: [Substring: Field] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ";").map { $0.drop { $0 == " " || $0 == "\t" } }
      guard parts.count >= 3, parts[0].hasPrefix("field:"),
        let name = parts[0].split(separator: " ").last,
        let offset = number(parts[1], after: "offset:"),
        let size = number(parts[2], after: "size:"),
        offset <= maximumPage
      else { continue }
      fields[name] = Field(offset: offset, size: size)
    }
    return fields
  }

  private static func number(_ text: Substring, after prefix: String) -> Int? {
    guard text.hasPrefix(prefix), let number = Int(text.dropFirst(prefix.count)), number >= 0
    else { return nil }
    return number
  }
}
