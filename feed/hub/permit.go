package hub

import (
	"slices"

	"github.com/nats-io/nats-server/v2/server"

	"warroom/model"
)

// permissions are what a login may say and hear: its own subjects in the rooms
// that it may see, and three questions to JetStream about their streams. There
// is no consumer, no list of streams and nobody else's inbox in it, and nothing
// that makes, changes, purges or deletes a stream. docs/cluster.md has the same
// list for a server of one's own.
func permissions(l Login, restricted map[string][]string) *server.Permissions {
	if l.Right == Intake {
		return intakeOnly(l.Handle)
	}
	rooms := l.Rooms
	if len(rooms) == 0 {
		rooms = []string{"*"}
	}
	pub := []string{"warroom.hub.who", "warroom.hub.how", "warroom.hub.rooms." + l.Handle}
	sub := []string{"_INBOX_" + l.Handle + ".>", "warroom.hub.told"}
	if l.Right != model.Watch {
		pub = append(pub, "warroom.hub.store."+l.Handle)
	}
	if len(l.Rooms) == 0 && l.Right != model.Watch {
		pub = append(pub, "warroom.hub.make."+l.Handle)
	}
	for _, short := range rooms {
		room, stream := "warroom."+short+".", streamOf(short)
		pub = append(pub, room+"here."+l.Handle+".*", room+"gate."+string(l.Right)+"."+l.Handle+".*", room+"seal."+l.Handle+".*",
			"$JS.API.STREAM.INFO."+stream, "$JS.API.STREAM.MSG.GET."+stream, "$JS.API.DIRECT.GET."+stream)
		if stream != "*" {
			pub = append(pub, "$JS.API.DIRECT.GET."+stream+sealEnd)
		}
		sub = append(sub, room+"live.>", room+"here.>")
		if l.Right != model.Watch {
			pub = append(pub, room+"log."+l.Handle+".*", room+"blob."+l.Handle+".*")
		}
		if l.Right != model.Watch && stream != "*" {
			pub = append(pub, "$JS.API.STREAM.MSG.GET."+stream+blobEnd, "$JS.API.DIRECT.GET."+stream+blobEnd)
		}
		if l.Right == model.Command { // who may let somebody in sees who knocks
			sub = append(sub, room+"door.>", room+"gate.>")
		}
	}
	var noPub, noSub []string
	for short, names := range restricted {
		if slices.Contains(names, l.Handle) {
			continue
		}
		stream := streamOf(short)
		noSub = append(noSub, "warroom."+short+".>")
		noPub = append(noPub, "warroom."+short+".>")
		for _, end := range []string{"", sealEnd, blobEnd} {
			noPub = append(noPub, "$JS.API.STREAM.INFO."+stream+end, "$JS.API.STREAM.MSG.GET."+stream+end, "$JS.API.DIRECT.GET."+stream+end)
		}
	}
	slices.Sort(noPub) // the same book is the same permissions
	slices.Sort(noSub)
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: pub, Deny: noPub},
		Subscribe: &server.SubjectPermission{Allow: sub, Deny: noSub},
	}
}

// Intake is the right of a login that no person has: a tool's, which sends alerts.
// No room knows it.
const Intake model.Right = "intake"

// lanes are the third tokens of the subjects of rooms: what others may hear there
// they would hear of a tool of that handle.
var lanes = []string{"log", "gone", "live", "here", "door", "gate", "seal", "blob", "hub"}

// validRight says whether a login may have a right.
func validRight(r model.Right) bool { return r == Intake || r.Valid() }

// intakeOnly are the permissions of a tool: it sends alerts in its own name, hears
// what became of them, and nothing else.
func intakeOnly(handle string) *server.Permissions {
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: []string{"warroom.intake." + handle + ".*", "warroom.intake." + handle}},
		Subscribe: &server.SubjectPermission{Allow: []string{"_INBOX_" + handle + ".>"}},
	}
}

// sealEnd is what the stream of a room's checkpoints has behind that of its log.
const sealEnd = "_SEAL"

// blobEnd is what the stream of a room's evidence has.
const blobEnd = "_BLOB"

// streamOf is the stream of a room; any of them for "*".
func streamOf(short string) string {
	if short == "*" {
		return short
	}
	return "WARROOM_" + short
}
