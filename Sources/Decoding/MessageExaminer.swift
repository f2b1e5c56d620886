import Records

/// Notes of a call's messages what a reader should know of them and no field says.
///
/// It judges what was asked for, whatever became of it, but for the notes that speak of a counted
/// message.
struct MessageExaminer {
  private let counted: Int
  /// What the count does not mean, where flags make it mean less.
  private let meansLess: Less?
  private let socket: SocketKind?
  private let layout: MessageLayout
  private let notesSkippedLSM: Bool
  /// Where the name of the message before lies in the image.
  private var lastName: Range<Int>?
  /// True where the kernel went on behind the message before: it stops at one that it did not take
  /// in full.
  private var wentOn = false
  private(set) var oddities = MessageOddities()

  init(
    _ arguments: SendArguments, _ layout: MessageLayout, counted: Int, socket: SocketKind?,
    isCorked: Bool, notesSkippedLSM: Bool
  ) {
    self.counted = counted
    self.socket = socket
    meansLess = socket.flatMap { Less(arguments.flags, $0, isCorked: isCorked) }
    self.layout = layout
    self.notesSkippedLSM = notesSkippedLSM
  }

  /// Looks at a message; those of a call in order. `name` is where its address lies in the image.
  mutating func examine(
    _ message: borrowing Message, _ entry: Entry, name: Range<Int>?,
    withheld: (part: MessagePart, address: RemoteAddress)?, mutated: [MessagePart],
    _ image: borrowing MemoryImage
  ) {
    if let withheld {
      oddities.add(.withheldMemory, message.index) {
        "not read: its \(withheld.part.rawValue), at 0x\(String(withheld.address.value, radix: 16)), lies where "
          + "the program's calls may read and a tracer cannot, or not without waiting (a page that "
          + "userfaultfd keeps back, memory of a device, secret memory)"
      }
    } else if message.truncated || entry.payload.cutByBudget {
      oddities.add(.captureBudget, message.index) {
        "the byte budget of a call left the message incomplete here"
      }
    }
    if !mutated.isEmpty {
      oddities.add(.mutatedDuringCall, message.index) {
        "what it passed changed while the call ran (\(mutated.map(\.rawValue).joined(separator: ", "))): "
          + "the kernel may have read either"
      }
    } else if message.index < counted, let socket, socket.takesWholeMessages,
      let taken = message.sentLength, let bytes = message.bytes, UInt64(taken) != bytes
    {
      oddities.add(.mutatedDuringCall, message.index) {
        "it had \(bytes) bytes when the call began, and was sent with \(taken): it was changed while the call ran"
      }
    }
    guard let header = message.header else { return }
    examine(header, message.index)
    if let family = message.name?.family, family != socket?.family {
      examine(family, message.index)
    }
    if message.bytes == 0 { examineEmpty(message.index) }
    if entry.sumIsCut {
      oddities.add(.iovTruncated, message.index) {
        "the iovecs add up to more than 0x7ffff000 bytes: the kernel takes that many"
      }
    }
    if header.controlLength > 0 { examineControl(of: message, header) }
    if let meansLess, message.index < counted {
      oddities.add(meansLess.code, message.index) { meansLess.text }
    }
    if notesSkippedLSM {
      examineDestination(message.index, name, image)
      wentOn =
        message.index < counted && meansLess != .probe
        && (socket?.takesWholeMessages == true
          || message.sentLength.map { UInt64($0) } == message.bytes)
    }
  }

  private mutating func examine(_ header: MessageHeader, _ index: Int) {
    if header.nameLength > MessageHeader.maximumNameLength, !header.name.isNull {
      oddities.add(.namelenClamped, index) {
        "msg_namelen is \(header.nameLength): the kernel reads 128 bytes of the address"
      }
    }
    let ignored = header.flags.subtracting(.endOfRecord)
    if !ignored.isEmpty {
      oddities.add(.headerFlagsIgnored, index) {
        "the kernel takes MSG_EOR alone from a header, not \(ignored.text)"
      }
    }
  }

  private mutating func examine(_ family: AddressFamily, _ index: Int) {
    guard let socket else { return }
    if socket.mismatches(family) {
      oddities.add(.addressFamilyMismatch, index) {
        "the address is of \(family.name), the socket of \(socket.family.name)"
          + (socket.family == .packet ? ", which does not look at that" : "")
      }
    } else if family == .unspecified {
      oddities.add(.addressUnspecified, index) {
        socket.takesUnspecifiedForNone
          ? "AF_UNSPEC means no address to this socket"
          : "this socket reads AF_UNSPEC as \(socket.family.name)"
      }
    }
  }

  private mutating func examineEmpty(_ index: Int) {
    oddities.add(.zeroLength, index) {
      socket?.type == .stream
        ? "it has no bytes: a stream sends nothing for it" : "it has no bytes"
    }
  }

  /// A block with something in it that the kernel passes over. Where it refuses the block, that is
  /// the news.
  private mutating func examineControl(of message: borrowing Message, _ header: MessageHeader) {
    if let refusal = message.controlRefusal {
      oddities.add(.controlRefused, message.index) { refusal.sentence }
    }
    guard message.controlRefusal == nil, !message.truncated, let control = message.control,
      !control.contains(where: { $0.status == .rejected })
    else { return }
    if let index = control.firstIndex(where: { $0.status == .ignored }) {
      let ignored = control[index]
      oddities.add(.controlIgnored, message.index) {
        "control message \(index) (\(ignored.levelName) \(ignored.typeName)) is ignored"
          + (ignored.why.map { ": " + $0 } ?? "")
      }
      return
    }
    guard !layout.isCompat else { return }
    let alignment = UInt64(layout.controlAlignment)
    var walked: UInt64 = 0
    for item in control {
      // What is malformed ends the walk, and is told as that.
      guard item.length >= UInt64(layout.controlHeaderSize), walked <= header.controlLength,
        item.length <= header.controlLength - walked
      else { return }
      walked += (item.length + alignment - 1) / alignment * alignment
    }
    guard walked < header.controlLength else { return }
    let left = header.controlLength - walked
    oddities.add(.controlIgnored, message.index) {
      walked == 0
        ? "the control block of \(left) bytes is too short for a header, and ignored"
        : "\(left) bytes behind the last control message are ignored"
    }
  }

  /// The kernel asks its security modules once for messages to the same address in a row.
  private mutating func examineDestination(
    _ index: Int, _ name: Range<Int>?, _ image: borrowing MemoryImage
  ) {
    if let name, let lastName, index > 0, index < counted || wentOn,
      image.bytes[name].elementsEqual(image.bytes[lastName])
    {
      oddities.add(.sameDestinationSkipsLSM, index) {
        "its address is that of the message before: the kernel's security modules are not asked"
      }
    }
    lastName = name
  }
}

extension SendFlags {
  /// `MSG_OOB|MSG_DONTWAIT`.
  fileprivate var text: String {
    var names = Self.table.filter { rawValue & $0.bit != 0 }.map(\.name)
    if unknownBits != 0 { names.append("0x" + String(unknownBits, radix: 16)) }
    return names.joined(separator: "|")
  }
}
