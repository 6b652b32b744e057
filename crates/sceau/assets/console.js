// What the console does beyond plain pages. Each page works without it.
(() => {
  "use strict";

  // Moments are written in UTC; here they become the reader's own time.
  const localTimes = (root) => {
    const language = document.documentElement.lang || undefined;
    for (const element of root.querySelectorAll("time[datetime]:not([data-local])")) {
      const moment = new Date(element.dateTime);
      if (Number.isNaN(moment.getTime())) continue;
      const isDay = element.classList.contains("day");
      element.title = element.textContent;
      element.textContent = moment.toLocaleString(
        language,
        isDay ? { dateStyle: "medium" } : { dateStyle: "medium", timeStyle: "medium" },
      );
      element.dataset.local = "";
    }
  };

  // A button that puts the right spelling into a field.
  const corrections = (root) => {
    for (const button of root.querySelectorAll("button[data-correct]")) {
      button.addEventListener("click", (event) => {
        const field = document.getElementById(button.dataset.correct);
        if (!field) return;
        event.preventDefault();
        field.value = button.value;
        field.classList.remove("is-invalid");
        field.focus();
        button.closest(".invalid-feedback")?.remove();
      });
    }
  };

  // "Create from certificate…": choosing the file is enough.
  const uploads = (root) => {
    for (const input of root.querySelectorAll("input[type=file][data-submit]")) {
      input.addEventListener("change", () => {
        const button = document.getElementById(input.dataset.submit);
        if (input.files.length > 0 && button) input.form.requestSubmit(button);
      });
    }
  };

  // Fields that matter for one choice alone.
  const choices = (root) => {
    for (const panel of root.querySelectorAll("[data-shown-for]")) {
      const [name, value] = panel.dataset.shownFor.split("=");
      const show = () => {
        const chosen = document.querySelector(`input[name="${name}"]:checked`);
        panel.hidden = !chosen || chosen.value !== value;
      };
      for (const input of document.querySelectorAll(`input[name="${name}"]`)) input.addEventListener("change", show);
      show();
    }
  };

  // Typing `$` in a field of variables offers the list.
  const variables = (root) => {
    for (const field of root.querySelectorAll("input[data-variables]")) {
      const list = document.getElementById(field.dataset.variables);
      if (!list) continue;
      let start = -1;
      const close = () => {
        list.hidden = true;
        start = -1;
      };
      const insert = (name) => {
        const end = field.selectionStart ?? field.value.length;
        const from = start >= 0 ? start : end;
        field.value = `${field.value.slice(0, from)}\${${name}}${field.value.slice(end)}`;
        const caret = from + name.length + 3;
        close();
        field.focus();
        field.setSelectionRange(caret, caret);
        field.dispatchEvent(new Event("input", { bubbles: true }));
      };
      field.addEventListener("input", (event) => {
        const caret = field.selectionStart ?? field.value.length;
        const before = field.value.slice(0, caret);
        const found = /\$\{?([A-Za-z.]*)$/.exec(before);
        if (!found || !event.isTrusted) return close();
        start = caret - found[0].length;
        let any = false;
        for (const option of list.querySelectorAll("button")) {
          const fits = option.value.toLowerCase().includes(found[1].toLowerCase());
          option.hidden = !fits;
          any = any || fits;
        }
        list.hidden = !any;
      });
      field.addEventListener("keydown", (event) => {
        if (event.key === "Escape") close();
        if (event.key === "ArrowDown" && !list.hidden) {
          event.preventDefault();
          list.querySelector("button:not([hidden])")?.focus();
        }
      });
      list.addEventListener("keydown", (event) => {
        const options = [...list.querySelectorAll("button:not([hidden])")];
        const at = options.indexOf(document.activeElement);
        if (event.key === "Escape") {
          close();
          field.focus();
        } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          options[(at + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length]?.focus();
        }
      });
      for (const option of list.querySelectorAll("button")) {
        option.addEventListener("click", () => insert(option.value));
      }
      document.addEventListener("click", (event) => {
        if (!list.contains(event.target) && event.target !== field) close();
      });
    }
  };

  const enliven = (root) => {
    localTimes(root);
    corrections(root);
    uploads(root);
    choices(root);
    variables(root);
  };
  document.addEventListener("DOMContentLoaded", () => enliven(document));
  document.addEventListener("htmx:afterSettle", (event) => localTimes(event.target));
})();
