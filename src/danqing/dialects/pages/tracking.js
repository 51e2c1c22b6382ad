// Follows one film: asks for its data until it has ended, moves the bar, then plays it.

const WORDS = {
  en: {
    title: "A film is being made", done: "The film is ready", failed: "No film was made",
    queued: "Waiting for its turn", submitting: "Starting", running: "Filming", lost: "Reconnecting …",
    save: "Save the film", by: "made by", sketch: "a sketch, not a model's work", free: "Nothing was charged.", removed: "The film was removed",
    place: (position) => `number ${position}`, about: (seconds) => `about ${seconds} s`,
  },
  zh: {
    title: "影片製作中", done: "影片完成了", failed: "沒有做出影片",
    queued: "排隊中", submitting: "開始", running: "拍攝中", lost: "重新連線中……",
    save: "下載影片", by: "製作者", sketch: "草圖，並非模型作品", free: "未收取任何費用。", removed: "影片已移除",
    place: (position) => `第 ${position} 位`, about: (seconds) => `約 ${seconds} 秒`,
  },
};
const POLL_MS = 800;
const ENDED = new Set(["done", "failed", "cancelled", "unknown"]);

const language = navigator.language.startsWith("zh") ? "zh" : "en";
const words = WORDS[language];
const at = (id) => document.getElementById(id);
const task = location.pathname.split("/").pop();

function show(job) {
  const percent = Math.round(job.progress * 100);
  at("prompt").textContent = job.rewritten || job.prompt;
  at("bar").setAttribute("aria-valuenow", percent);
  at("bar").firstElementChild.style.width = `${percent}%`;
  at("facts").textContent = [job.model, `${words.by} ${job.provider}`, job.sketch ? words.sketch : ""].filter(Boolean).join(" · ");
  if (job.state === "done") return job.downloads.length ? play(job) : remove();
  if (job.error) return fail(job.error);
  if (job.queue) return wait(job.queue);
  at("status").textContent = `${words[job.state] ?? job.state} · ${percent} %`;
}

function wait(queue) {
  const about = queue.seconds === null ? "" : ` · ${words.about(queue.seconds)}`;
  at("status").textContent = `${words.queued} · ${words.place(queue.position)}${about}`;
}

function play(job) {
  const film = document.createElement("video");
  Object.assign(film, { src: job.outputs.find((output) => output.url).url, controls: true, loop: true, autoplay: true, muted: true, playsInline: true });
  at("stage").replaceChildren(film);
  at("stage").removeAttribute("role");
  at("bar").hidden = true;
  at("title").textContent = document.title = words.done;
  at("status").textContent = "";
  at("save").textContent = words.save;
  at("save").href = job.downloads[0];
  at("links").hidden = false;
}

function remove() {
  at("bar").hidden = true;
  at("title").textContent = document.title = words.removed;
  at("status").textContent = "";
}

function fail(error) {
  at("bar").hidden = true;
  at("title").textContent = document.title = words.failed;
  at("status").textContent = `${error.message} ${words.free}`;
}

async function follow() {
  for (;;) {
    try {
      const answer = await fetch(`/source/${task}`);
      if (answer.ok) {
        const job = await answer.json();
        show(job);
        if (ENDED.has(job.state)) return;
      }
    } catch {
      at("status").textContent = words.lost;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

document.documentElement.lang = language === "zh" ? "zh-Hant" : "en";
at("title").textContent = document.title = words.title;
follow();
