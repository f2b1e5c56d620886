import Records

/// Where the kept bytes of a message are.
struct KeptPayload {
  enum Place: Hashable {
    /// None were to be kept, or the iovecs are not known.
    case nowhere
    /// In one piece in the payload image: the common case, which copies nothing.
    case image(Range<Int>)
    /// Gathered from several pieces.
    case gathered(Range<Int>)
  }

  var place = Place.nowhere
  var truncated = false
  var fault: RemoteAddress?
  /// Where the bytes begin that were not read although the kernel may read them.
  var withheld: RemoteAddress?
  /// True where less is kept than was asked for, since a budget was used up.
  var cutByBudget = false

  /// The payload as a slice of the array it lies in, and what `guess` makes of it.
  func materialized(
    image: [UInt8], gathered: [UInt8], guess: (ArraySlice<UInt8>) -> String?
  ) -> Payload {
    let data: ArraySlice<UInt8>
    switch place {
    case .nowhere: return Payload(data: nil, truncated: truncated, fault: fault)
    case .image(let range): data = image[range]
    case .gathered(let range): data = gathered[range]
    }
    return Payload(data: data, truncated: truncated, fault: fault, hint: guess(data))
  }
}

/// Gathers the kept bytes of a call's messages over their iovecs.
struct PayloadReader {
  private(set) var gathered: [UInt8] = []
  private let limit: UInt64
  private var budget: FairBudget

  init(limit: UInt64, budget: FairBudget) {
    self.limit = limit
    self.budget = budget
  }

  /// Finds the kept bytes of one entry, whose iovecs are in `iovecs`.
  mutating func read(
    _ entry: inout Entry, iovecs: [IOVector], _ image: borrowing MemoryImage
  ) {
    guard let range = entry.iovecs else { return }
    guard limit > 0 else {
      entry.payload.truncated = entry.bytes != 0
      return
    }
    let wanted = min(entry.bytes ?? IOVector.maximumTotal, limit)
    let granted = UInt64(budget.take(Int(wanted)))
    var left = granted
    var place = KeptPayload.Place.image(0..<0)
    for index in range where left > 0 {
      let take = Int(min(iovecs[index].length, left))
      guard take > 0 else { continue }
      let extent = image.extent(of: RemoteRange(start: iovecs[index].base, count: take))
      let piece = extent.bytes
      left -= UInt64(piece.count)
      add(piece, of: image, to: &place)
      if piece.count == take { continue }
      switch extent.missing {
      case .fault(let address): entry.payload.fault = address
      case .withheld(let address): entry.payload.withheld = address
      case .nothing, .budget: entry.payload.cutByBudget = true
      }
      break
    }
    if left == 0, granted < wanted { entry.payload.cutByBudget = true }
    entry.payload.place = place
    // Where a budget cut the iovecs there are more bytes than these.
    entry.payload.truncated = entry.bytes.map { $0 > granted - left } ?? true
  }

  private mutating func add(
    _ piece: Range<Int>, of image: borrowing MemoryImage, to place: inout KeptPayload.Place
  ) {
    switch place {
    case .nowhere:
      place = .image(piece)
    case .image(let range) where range.isEmpty:
      place = .image(piece)
    case .image(let range) where range.upperBound == piece.lowerBound:
      place = .image(range.lowerBound..<piece.upperBound)
    case .image(let range):
      let start = gathered.count
      gathered.append(contentsOf: image.bytes[range])
      gathered.append(contentsOf: image.bytes[piece])
      place = .gathered(start..<gathered.count)
    case .gathered(let range):
      gathered.append(contentsOf: image.bytes[piece])
      place = .gathered(range.lowerBound..<gathered.count)
    }
  }
}
