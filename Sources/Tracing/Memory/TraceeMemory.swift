import CTracee
package import Decoding
import Glibc
import Records

/// The memory of a stopped thread, readable only while it is stopped.
package struct TraceeMemory: ~Escapable {
  private let tid: Int32
  private let mayWait: Bool

  @_lifetime(borrow stop)
  init(_ stop: borrowing Stop) {
    tid = stop.tid
    mayWait = !stop.readsOnlyWhatIsThere
  }

  /// process_vm_readv(2) takes this many ranges at once (`UIO_MAXIOV`).
  private static let rangesPerRead = 1024
  /// So many faults in one image, and the rest is given up: each costs a system call.
  private static let maximumFaults = 4096

  /// Reads `spans`, ascending and disjoint, into `image`.
  ///
  /// A fault costs what lies in its page: the reading goes on with the first of `requested` that
  /// begins behind it. `requested` are the ranges the spans were made of, ascending.
  package func read(
    _ spans: [RemoteRange], requested: [RemoteRange], into image: inout MemoryImage
  ) {
    // The common case: everything is there, in one system call.
    var first = 0
    var faults = 0
    while first < spans.count {
      let last = min(first + Self.rangesPerRead, spans.count)
      let batch = spans[first..<last]
      let got = read(batch, into: &image)
      // Where the reading stopped: a span that is not there to its end.
      var left = got
      var stoppedAt: Int?
      for index in batch.indices {
        let span = spans[index]
        let here = min(left, span.count)
        image.noteSpan(from: span.start.value, count: here)
        left -= here
        if here < span.count {
          let fault = span.start.value &+ UInt64(here)
          // No address is to blame.
          if image.obstacle != nil { return }
          readBehind(fault, of: span, requested: requested, faults: &faults, into: &image)
          stoppedAt = index
          break
        }
      }
      guard faults < Self.maximumFaults else { return }
      first = stoppedAt.map { $0 + 1 } ?? last
    }
  }

  /// Reads all that a plan says, in one system call; false where some of it is not there, with
  /// nothing added to the images.
  func read(
    _ plan: borrowing CapturePlan, into vector: inout MemoryImage, _ headers: inout MemoryImage,
    _ payload: inout MemoryImage
  ) -> Bool {
    let spanCount = plan.vector.spans.count + plan.headers.spans.count + plan.payload.spans.count
    guard mayWait, spanCount <= Self.rangesPerRead else { return false }
    let sizes = (plan.vector.byteCount, plan.headers.byteCount, plan.payload.byteCount)
    var isRead = false
    unsafe withUnsafeTemporaryAllocation(of: iovec.self, capacity: spanCount) { remote in
      var slot = 0
      for list in [plan.vector.spans, plan.headers.spans, plan.payload.spans] {
        for range in list {
          unsafe remote[slot] = unsafe iovec(range)
          slot += 1
        }
      }
      let remote = UnsafeBufferPointer(remote)
      _ = unsafe vector.append(count: sizes.0) { first in
        _ = unsafe headers.append(count: sizes.1) { second in
          _ = unsafe payload.append(count: sizes.2) { third in
            isRead = unsafe readAll(remote, into: first, second, third)
            return isRead ? sizes.2 : 0
          }
          return isRead ? sizes.1 : 0
        }
        return isRead ? sizes.0 : 0
      }
    }
    guard isRead else { return false }
    vector.noteSpans(plan.vector.spans)
    headers.noteSpans(plan.headers.spans)
    payload.noteSpans(plan.payload.spans)
    return true
  }

  private func readAll(
    _ remote: UnsafeBufferPointer<iovec>, into first: UnsafeMutableRawBufferPointer,
    _ second: UnsafeMutableRawBufferPointer, _ third: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard let ranges = remote.baseAddress else { return false }
    var local = unsafe (iovec(first), iovec(second), iovec(third))
    let got = unsafe withUnsafeMutableBytes(of: &local) { bytes in
      unsafe tracee_read_memory(
        tid, bytes.assumingMemoryBound(to: iovec.self).baseAddress.unsafelyUnwrapped, 3, ranges,
        remote.count)
    }
    return got == first.count + second.count + third.count
  }

  /// Reads what of `span` there is from `fault` on, which could not be read along with the rest:
  /// what only the kernel can read, and from the next requested range behind the page on.
  private func readBehind(
    _ fault: UInt64, of span: RemoteRange, requested: [RemoteRange], faults: inout Int,
    into image: inout MemoryImage
  ) {
    let end = span.start.value &+ UInt64(span.count)
    let mappings = Mappings(tid)
    var fault = fault
    while faults < Self.maximumFaults {
      var start = fault
      switch mappings?.find(fault) {
      case .mapping(let mapping) where mapping.isReadableInKernel:
        if !mapping.isReadable, mayWait {
          start = fault &+ UInt64(readHidden(from: fault, to: min(end, mapping.end), into: &image))
        }
        if start == fault {
          let isFault = mappings?.isBehindEndOfFile(fault, of: mapping) == true
          isFault ? image.noteFault(at: fault) : image.noteWithheld(at: fault)
        }
      case .mapping, .nothing: image.noteFault(at: fault)
      case .unknown, nil: image.noteWithheld(at: fault)
      }
      if start == fault {
        faults += 1
        let nextPage = (fault / MemoryImage.pageSize &+ 1) &* MemoryImage.pageSize
        let next = requested.firstIndex(startingAtOrBehind: nextPage)
        guard next < requested.count, requested[next].start.value > fault else { return }
        start = requested[next].start.value
      }
      guard start < end else { return }
      let rest = RemoteRange(start: RemoteAddress(start), count: Int(end &- start))
      let got = read([rest][...], into: &image)
      image.noteSpan(from: start, count: got)
      if got == rest.count { return }
      fault = start &+ UInt64(got)
    }
  }

  /// Reads memory that is mapped without PROT_READ, but to be written or executed, which lets the
  /// program's own system calls read it, and not process_vm_readv(2); the bytes read.
  private func readHidden(from address: UInt64, to end: UInt64, into image: inout MemoryImage)
    -> Int
  {
    guard let memory = PresentMemory(tid) else { return 0 }
    let got = unsafe image.append(count: Int(end &- address)) { buffer in
      unsafe memory.read(from: address, into: buffer) { !$0.isReadable && $0.isReadableInKernel }
    }
    image.noteSpan(from: address, count: got)
    return got
  }

  /// Reads as much as there is before the first fault; the bytes read.
  private func read(_ ranges: ArraySlice<RemoteRange>, into image: inout MemoryImage) -> Int {
    guard mayWait else { return readPresent(ranges, into: &image) }
    let total = ranges.reduce(0) { $0 + $1.count }
    var obstacle: MemoryImage.Obstacle?
    defer { if let obstacle { image.note(obstacle) } }
    return unsafe withUnsafeTemporaryAllocation(of: iovec.self, capacity: ranges.count) { vector in
      for (slot, range) in ranges.enumerated() {
        unsafe vector[slot] = unsafe iovec(range)
      }
      return unsafe image.append(count: total) { buffer in
        guard let remote = vector.baseAddress else { return 0 }
        var local = unsafe iovec(buffer)
        let result = unsafe tracee_read_memory(tid, &local, 1, remote, vector.count)
        if result == -Int(EPERM) { obstacle = .refused }
        if result == -Int(ESRCH) { obstacle = .gone }
        return result
      }
    }
  }

  /// The same without waiting for a page, which costs more.
  private func readPresent(
    _ ranges: ArraySlice<RemoteRange>, into image: inout MemoryImage
  ) -> Int {
    guard let memory = PresentMemory(tid) else {
      image.note(kill(tid, 0) == 0 || errno == EPERM ? .refused : .gone)
      return 0
    }
    var total = 0
    for range in ranges {
      let got = unsafe image.append(count: range.count) { buffer in
        unsafe memory.read(from: range.start.value, into: buffer)
      }
      total += got
      if got < range.count { break }
    }
    return total
  }
}

extension TraceeMemory {
  /// `count` bytes at `address`; nil where not all of them can be read.
  func bytes(at address: RemoteAddress, count: Int) -> [UInt8]? {
    var image = MemoryImage()
    let range = RemoteRange(start: address, count: count)
    read([range], requested: [range], into: &image)
    return image.bytes.count == count ? image.bytes : nil
  }
}

extension Array where Element == RemoteRange {
  /// The index of the first range that starts at or behind `address`; the ranges ascend.
  fileprivate func firstIndex(startingAtOrBehind address: UInt64) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle].start.value < address { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension iovec {
  fileprivate init(_ range: RemoteRange) {
    unsafe self.init(
      iov_base: UnsafeMutableRawPointer(bitPattern: UInt(range.start.value)),
      iov_len: range.count)
  }

  fileprivate init(_ buffer: UnsafeMutableRawBufferPointer) {
    unsafe self.init(iov_base: buffer.baseAddress, iov_len: buffer.count)
  }
}

extension MemoryImage {
  fileprivate mutating func noteSpans(_ spans: [RemoteRange]) {
    for span in spans { noteSpan(from: span.start.value, count: span.count) }
  }
}
