package room

import (
	"time"

	"warroom/model"
	"warroom/ui/present"
	"warroom/ui/shared"
)

// passing is a message about who came or left, shown for passFor.
type passing struct {
	word  model.Safe
	until time.Time
	calm  time.Time // no messages until then, while presence is still collected
}

const (
	passFor  = 6 * time.Second // how long a message is shown
	findWait = 3 * time.Second // everybody present has sent a beat by then
)

// now returns the message while it is shown.
func (p *passing) now(t time.Time) model.Safe {
	if t.Before(p.until) {
		return p.word
	}
	return model.Safe{}
}

// came records who has come and who has left.
func (p *passing) came(s *shared.State, old, v *model.View, me string, now time.Time) {
	if now.Before(p.calm) || v.Link.State != model.Live || old.Link.State != model.Live {
		return
	}
	var words []model.Safe
	who := s.Between(old.Here, v.Here)
	for _, q := range who.Came {
		if q.Handle != me {
			words = append(words, model.Safef("%s joined%s", q.Handle, present.ViaSuffix(q)))
		}
	}
	for _, q := range who.Left {
		if q.Handle != me {
			words = append(words, model.Safef("%s left", q.Handle))
		}
	}
	if len(words) > 0 {
		p.word, p.until = model.JoinSafe(model.Lit(", "), words...), now.Add(passFor)
	}
}
