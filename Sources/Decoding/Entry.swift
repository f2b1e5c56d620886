import Records

/// What is known of one `mmsghdr` half-way through the decoding.
struct Entry {
  var header: MessageHeader?
  /// Where the entry itself could not be read.
  var fault: RemoteAddress?
  /// What lies before the fault.
  var fragment: [UInt8] = []
  var truncated = false
  /// Where the entry or its iovecs were not read although the kernel may read them.
  var withheld: RemoteAddress?
  /// Positions in the call's iovecs; nil where they are refused or cannot be read.
  var iovecs: Range<Int>?
  var iovecFault: RemoteAddress?
  var refusal: IOVectorRefusal?
  var bytes: UInt64?
  /// True where the iovecs add up to more than `bytes`.
  var sumIsCut = false
  var payload = KeptPayload()
}

/// The `struct mmsghdr` array of a call.
struct EntryArray {
  private let start: RemoteAddress
  private let count: Int
  private let layout: MessageLayout

  init(_ arguments: SendArguments, _ layout: MessageLayout) {
    self.start = arguments.vector
    self.count = arguments.entryCount
    self.layout = layout
  }

  /// Reads the headers up to and with the first entry that cannot be read.
  ///
  /// The kernel reads the `msghdr` part of an entry alone, so a `msg_len` that is not there does
  /// not matter.
  func readHeaders(_ image: borrowing MemoryImage, into entries: inout [Entry]) {
    guard count > 0 else { return }
    entries.reserveCapacity(count)
    // What lies there in one piece, found once for all entries.
    let whole = image.extent(of: RemoteRange(start: start, count: count * layout.stride)).bytes
    for index in 0..<count {
      var entry = Entry()
      let offset = index * layout.stride
      if whole.count - offset >= layout.sentLengthOffset {
        entry.header = layout.header(in: image.bytes, at: whole.lowerBound + offset)
      } else {
        readOutside(whole, index, image, into: &entry)
      }
      entries.append(entry)
      if entry.header == nil { return }
    }
  }

  /// Reads an entry that does not lie in one piece with the first.
  private func readOutside(
    _ whole: Range<Int>, _ index: Int, _ image: borrowing MemoryImage, into entry: inout Entry
  ) {
    let address = field(at: 0, of: index)
    let extent = image.extent(of: RemoteRange(start: address, count: layout.sentLengthOffset))
    switch extent.missing {
    case .nothing: entry.header = layout.header(in: image.bytes, at: extent.bytes.lowerBound)
    case .fault(let fault):
      entry.fault = fault
      entry.fragment = Array(image.bytes[extent.bytes])
    case .withheld(let address):
      entry.truncated = true
      entry.withheld = address
    case .budget: entry.truncated = true
    }
  }

  /// Appends the `msg_len` of each of the first `counted` entries; nil for one that is not there.
  func readSentLengths(
    _ counted: Int, _ image: borrowing MemoryImage, into lengths: inout [UInt32?]
  ) {
    guard counted > 0 else { return }
    let first = RemoteRange(
      start: field(at: layout.sentLengthOffset, of: 0), count: (counted - 1) * layout.stride + 4)
    // Nearly always they lie there in one piece, found once for all of them.
    let whole = image.extent(of: first)
    for index in 0..<counted {
      guard whole.missing != .nothing else {
        let offset = whole.bytes.lowerBound + index * layout.stride
        lengths.append(image.bytes.littleEndian32(at: offset))
        continue
      }
      let address = field(at: layout.sentLengthOffset, of: index)
      let extent = image.extent(of: RemoteRange(start: address, count: 4))
      let isThere = extent.missing == .nothing
      lengths.append(isThere ? image.bytes.littleEndian32(at: extent.bytes.lowerBound) : nil)
    }
  }

  /// An address in the array. The kernel's pointers wrap around, and so does this.
  private func field(at offset: Int, of index: Int) -> RemoteAddress {
    RemoteAddress(start.value &+ UInt64(index * layout.stride + offset))
  }
}
