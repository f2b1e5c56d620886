/// One control message (`struct cmsghdr` and what follows it), as the kernel's walk finds it.
package struct ControlMessage: Hashable, Sendable {
  /// What the kernel does with it.
  package enum Status: String, Sendable, CaseIterable {
    case used
    case ignored
    case rejected
  }

  /// So many descriptors a message may pass by SCM_RIGHTS (SCM_MAX_FD).
  package static let maximumDescriptors = 253

  package var level: Int32
  package var type: Int32
  /// `cmsg_len`, header included, as the tracee wrote it.
  package var length: UInt64
  /// The data behind the header, as far as it lies within the control block.
  package var data: [UInt8]
  /// The data taken apart; nil where its size is not that of the type, or the type is not known.
  package var value: [Field]?
  /// Nil where the socket, and with it the reader of the message, is not known.
  package var status: Status?
  /// Why it is ignored or rejected; nil where there is nothing to say.
  package var reason: Reason?

  package init(
    level: Int32, type: Int32, length: UInt64, data: [UInt8], value: [Field]? = nil,
    status: Status?, why: String?
  ) {
    self.level = level
    self.type = type
    self.length = length
    self.data = data
    self.value = value
    self.status = status
    reason = why.map { Reason($0) }
  }
}

// The reason.
extension ControlMessage {
  /// Why the kernel does with it what it does.
  package struct Reason: Hashable, Sendable {
    /// What a message that is rejected is refused with.
    package let errno: Errno?
    package let text: String

    package init(_ errno: Errno?, _ text: String) {
      self.errno = errno
      self.text = text
    }

    /// `EINVAL: cmsg_len is more than is left`, as records have it.
    package var sentence: String { errno.map { "\($0.name): \(text)" } ?? text }

    /// The reason that a record's sentence gives: it reads again as the same sentence.
    fileprivate init(_ sentence: String) {
      let name = sentence.prefix { $0 != ":" }
      let rest = sentence.dropFirst(name.count)
      if rest.hasPrefix(": "), let errno = Errno(name: String(name)), errno.name == name {
        self.init(errno, String(rest.dropFirst(2)))
      } else {
        self.init(nil, sentence)
      }
    }
  }

  /// The reason as records have it.
  package var why: String? {
    get { reason?.sentence }
    set { reason = newValue.map { Reason($0) } }
  }
}
