package feed

import (
	"strconv"
	"strings"

	"warroom/feed/hubapi"
	"warroom/model"
)

// The names of a room on its hub, see chapter 4 of the design.
const (
	root       = hubapi.Root
	streamRoot = hubapi.StreamRoot
	anyLog     = "warroom.*.log.>"
	hubHandle  = "hub"
)

// The third token of a subject says what goes over it.
const (
	laneLog  = hubapi.LaneLog
	laneGone = hubapi.LaneGone
	laneLive = hubapi.LaneLive
	laneHere = hubapi.LaneHere
	laneDoor = hubapi.LaneDoor
	laneGate = hubapi.LaneGate
	laneSeal = hubapi.LaneSeal
	laneBlob = hubapi.LaneBlob
)

// streamOf returns the stream of a room.
func streamOf(short string) string { return streamRoot + short }

// lane returns the subject of one key, or with ">" in place of handle and key
// that of everybody.
func lane(short, what, handle, key string) string {
	return root + short + "." + what + "." + handle + "." + key
}

// lanes returns the subject of everybody.
func lanes(short, what string) string { return root + short + "." + what + ".>" }

// parseLane takes a subject apart, also a private one of a restricted room. The
// subject has to come from the server, not from a header that a publisher set.
func parseLane(subject string) (short, what, handle, key string, ok bool) {
	t := strings.Split(hubapi.Plain(subject), ".")
	if len(t) != 5 || t[0]+"." != root {
		return "", "", "", "", false
	}
	return t[1], t[2], t[3], t[4], true
}

// gates is where a login knocks: the server lets it do so with its own right and
// its own handle.
func gates(short, lane string, r model.Right, handle, key string) string {
	return root + short + "." + lane + "." + string(r) + "." + handle + "." + key
}

// author returns whom a subject of the log speaks of; event is false for one
// of another lane. A subject that is too long or too short is of nobody, so
// that what is stored there shows as a message that does not check.
func author(subject string) (handle, key string, event bool) {
	if _, what, handle, key, ok := parseLane(subject); ok {
		return handle, key, what == laneLog
	}
	t := strings.SplitN(subject, ".", 4)
	return "", "", len(t) > 2 && t[2] == laneLog
}

// checkShort refuses what cannot be the short id of a room, so that nothing
// typed becomes a wildcard.
func checkShort(s string) error {
	ok := len(s) > 0 && len(s) <= 64
	for i := range len(s) {
		c := s[i]
		ok = ok && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_')
	}
	if ok {
		return nil
	}
	return model.Refuse(model.NotFound, "%q is no room: rooms are called inc-1, inc-2 and so on; `warroom rooms` lists them", s)
}

// numbered is the short id with a number.
func numbered(n int) string { return "inc-" + strconv.Itoa(n) }

// numberOf returns the number in a short id, 0 where it has none.
func numberOf(short string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(short, "inc-"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}
