// The forms that a phone draws by itself, by kind: begin(root, {user, subject}, row) fills the bare form in `root` for one
// subject, with what `row` says where an item of the outbox is edited. A bare form is a template, so that its fields are
// in the page only while it is the one that is open.
import { beginAssessment } from "./forms/assessment.js"
import { beginEdit } from "./forms/household.js"
import { beginSession } from "./forms/session.js"
import { beginVisit } from "./forms/visit.js"

const FORMS = { visit: beginVisit, session: beginSession, assessment: beginAssessment, household: beginEdit }

export function beginWriting(kind, root, told, row) {
  const template = root.querySelector("template")
  root.replaceChildren(template, template.content.cloneNode(true))
  root.querySelector("form").elements.writer.value = told.user
  return FORMS[kind](root, told, row)
}

export const isWritable = ({ kind }) => kind in FORMS
