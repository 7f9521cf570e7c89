package model

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Commands about polls.

// parsePoll parses the text of a poll, its length before or after that, and who
// carries it out; or the number of a poll and the result with which it is closed.
func parsePoll(a *args) (Body, error) {
	b := &PollOpened{}
	w := a.words()
	if closes(w) {
		return parsePollClosed(a)
	}
	if err := a.unknownResult(w); err != nil {
		return nil, err
	}
	if n := len(w); n > 2 && w[n-2] == "executes" && isPerson(w[n-1]) {
		b.Executes, w = a.handle(w[n-1]), w[:n-2]
	}
	n := len(w)
	switch {
	case n > 1 && isSpan(w[n-1]):
		a.remaining = w[n-1]
		w = w[:n-1]
	case n > 1 && isSpan(w[0]):
		a.remaining = w[0]
		w = w[1:]
	case n > 1 && isDays(w[n-1]):
		return nil, pollTooLong(w[n-1])
	case n > 1 && isDays(w[0]):
		return nil, pollTooLong(w[0])
	default:
		return nil, Refuse(Invalid,
			"give the proposal and the time for objections: :poll isolate the runner now 60s executes @%s",
			a.Who.Handle)
	}
	length, err := a.peek(), error(nil)
	if b.For, err = a.span(); err != nil {
		return nil, err
	}
	a.remaining = strings.Join(w, " ")
	b.Text = a.text()
	if time.Duration(b.For) > maxPoll {
		return nil, pollTooLong(length)
	}
	return b, a.known(b.Executes)
}

// unknownResult refuses the number of a poll of the room that is followed by a word that is not a
// result, in a line that does not open a poll because it has no length.
func (a *args) unknownResult(w []string) error {
	if len(w) < 2 {
		return nil
	}
	n, err := strconv.Atoi(strings.TrimPrefix(w[0], "#"))
	last := w[len(w)-1]
	if err != nil || n < 1 || n > len(a.Room.Polls) || isSpan(last) || isDays(last) || w[len(w)-2] == "executes" {
		return nil
	}
	return Refuse(Invalid, "%s is not a result of a poll; close poll %d with :poll %d proceeds|changed|dropped REASON",
		quoted(w[1]), n, n)
}

// daysForm matches a length in days or weeks, which no poll can have.
var daysForm = regexp.MustCompile(`^\d+[dw]$`)

func isDays(w string) bool { return daysForm.MatchString(w) }

func pollTooLong(w string) error {
	return Refuse(Invalid, "%s is too long for a poll; a poll lasts up to 24h, as in :poll TEXT 60s", quoted(w))
}

// closes reports whether words close a poll by hand: a number, a result, and no length at the
// end as a poll has it.
func closes(w []string) bool {
	if len(w) < 2 || !slices.Contains(pollResults, PollState(strings.ToLower(w[1]))) {
		return false
	}
	_, err := strconv.Atoi(strings.TrimPrefix(w[0], "#"))
	return err == nil && !isSpan(w[len(w)-1])
}

func parsePollClosed(a *args) (Body, error) {
	n, err := a.number("poll")
	if err != nil {
		return nil, err
	}
	if n <= len(a.Room.Polls) {
		a.about(Safef("%d %s", n, CleanLine(a.Room.Polls[n-1].Text)))
	}
	b := &PollClosed{Result: PollState(strings.ToLower(a.word()))}
	a.as("result", Safef("%s", string(b.Result)))
	if n > len(a.Room.Polls) {
		return nil, noSuch("poll", n, len(a.Room.Polls), "this room has")
	}
	b.Poll, b.Reason = a.Room.Polls[n-1].ID, a.reason()
	return b, nil
}

func isSpan(w string) bool {
	_, err := ParseLength(w)
	return err == nil
}

// parseObject parses the number of a poll. Without one, it is the only open poll.
func parseObject(a *args) (Body, error) {
	open := a.Room.OpenPolls(a.Now)
	n, err := strconv.Atoi(strings.TrimPrefix(a.peek(), "#"))
	if err == nil {
		a.word()
		a.as("poll", Safef("%d", n))
	} else if len(open) == 1 {
		n = open[0].N
		a.as("poll", Safef("%d", n))
	}
	for _, p := range a.Room.Polls {
		if p.N == n {
			a.about(Safef("%d %s", n, CleanLine(p.Text)))
			return &PollObjected{Poll: p.ID, Reason: a.reason()}, nil
		}
	}
	if len(a.Room.Polls) == 0 {
		return nil, Refuse(NotFound, "this room has no polls to object to; open one with :poll TEXT 60s")
	}
	if err == nil {
		return nil, noSuch("poll", n, len(a.Room.Polls), "this room has")
	}
	if len(open) == 0 {
		return nil, Refuse(NotFound, "no poll is open; open one with :poll TEXT 60s")
	}
	return nil, Refuse(NotFound, "give the number of the poll, as in :object 1 REASON; %d are open", len(open))
}

func polls(c Ctx, _ []string) []option {
	return from(c.Room.OpenPolls(c.Now), func(p Poll) (string, string) { return strconv.Itoa(p.N), p.Text })
}
