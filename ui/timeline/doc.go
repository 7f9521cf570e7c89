// Package timeline shows the lines of a room: it scrolls, selects, filters and sorts
// them. A [Timeline] belongs to one terminal and is not safe for concurrent use; the
// [Cache] of wrapped rows may be shared by all terminals of a process.
//
//	tl := timeline.New(th, "ana", timeline.NewCache())
//	tl.Take(view.Room)                // when the room has changed
//	tl.Layout(width, height, zone)    // before every draw
//	tl.Draw(screen, nil, x, y, width, height)
//
// Only visible lines are read and wrapped, however long the log is, and new lines do not
// move the visible ones unless the timeline follows the newest line. A filter is applied
// in steps, one per frame: while [Timeline.Scan] reports true, draw again. Package view
// renders a line.
package timeline
