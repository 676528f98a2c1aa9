#include "pipeline/division.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace tessera::pipeline {

namespace {

/// All fields on their way to be divided.
struct Work {
  std::vector<std::shared_ptr<Division>> divisions;
  std::vector<grid::ChunkDivision> steps;  ///< this rank's part in each
  std::vector<std::size_t> unbalanced;     ///< items
};

/// Adds up what all ranks told. The memory is there.
void take_counts(std::span<const std::int64_t> all, Work& work) noexcept {
  constexpr std::size_t size = std::tuple_size_v<grid::ChunkDivision::Counts>;
  const std::size_t items = work.steps.size();
  for (std::size_t at = 0; at < all.size(); at += size)
    work.steps[at / size % items].take_counts(all.subspan(at, size));
  for (std::size_t item = 0; item < items; ++item) {
    if (!work.steps[item].is_balanced()) work.unbalanced.push_back(item);
  }
}

void vote(const comm::Communicator& comm, std::size_t max_items,
          FunctionRef<std::optional<DivisionRequest>(std::size_t)> request_of, Work& work) {
  Bundle registered = exchange(comm, max_items, [&](std::size_t number) -> std::optional<grid::Lists> {
    const auto asked = request_of(number);
    if (!asked) return std::nullopt;
    Division& division = *work.divisions.emplace_back(std::make_shared<Division>());
    division.grid = asked->grid;
    return work.steps.emplace_back(division, asked->own, comm.rank(), comm.size(), asked->rotation).registrations();
  });
  const std::size_t items = work.steps.size();
  if (items == 0) return;
  Bundle answers =
      exchange(comm, items, [&](std::size_t item) { return work.steps[item].answers(registered.take(item)); });
  const auto counts = gather_equal(comm, items, std::tuple_size_v<grid::ChunkDivision::Counts>, [&](std::size_t item) {
    work.unbalanced.reserve(items);
    return work.steps[item].counts(answers.take(item));
  });
  take_counts(counts, work);
}

void give_away(const comm::Communicator& comm, Work& work) {
  if (work.unbalanced.empty()) return;
  Bundle notices = exchange(comm, work.unbalanced.size(),
                            [&](std::size_t number) { return work.steps[work.unbalanced[number]].notices(); });
  std::optional<Error> failure;
  attempt(failure, [&] {
    for (std::size_t number = 0; number < work.unbalanced.size(); ++number) {
      work.steps[work.unbalanced[number]].take_notices(notices.take(number));
    }
  });
  comm::conclude(comm, "planning", failure);
}

}  // namespace

std::vector<std::shared_ptr<Division>> divide(const comm::Communicator& comm, std::size_t items,
                                              FunctionRef<std::optional<DivisionRequest>(std::size_t)> request_of) {
  std::vector<std::shared_ptr<Division>> all;
  const std::size_t most = items_of_portion(comm);
  for (std::size_t begin = 0; begin < items; begin += most) {
    Work work;
    const auto request = [&](std::size_t number) {
      all.reserve(items);
      return request_of(begin + number);
    };
    vote(comm, std::min(most, items - begin), request, work);
    give_away(comm, work);
    std::ranges::move(work.divisions, std::back_inserter(all));
  }
  return all;
}

std::vector<grid::ChunkAxis> SurveyedAxes::take() {
  if (portions_[portion_].taken == portions_[portion_].surveys.size()) ++portion_;
  Portion& portion = portions_[portion_];
  return portion.surveys[portion.taken++].take_faces(portion.faces.take());
}

void SurveyedAxes::survey(const comm::Communicator& comm, std::size_t items, std::size_t portions,
                          FunctionRef<SurveyRequest(std::size_t)> request_of) {
  std::vector<grid::AxisSurvey> surveys;
  std::size_t numbers_of_rank = 0;
  Bundle planes = exchange(comm, items, [&](std::size_t item) {
    portions_.reserve(portions);
    const SurveyRequest request = request_of(item);
    numbers_of_rank += grid::AxisSurvey::count_of_numbers(request.shape);
    return surveys.emplace_back(request.shape, request.own, comm.size()).planes();
  });
  const auto numbers_of = [&](std::size_t item) {
    surveys[item].take_planes(planes.take(item));
    return surveys[item].numbers();
  };
  GatheredItems numbers = gather(comm, items, numbers_of, numbers_of_rank);
  GatheredItems faces = gather(comm, items, [&](std::size_t item) {
    surveys[item].take_numbers(numbers.take());
    return surveys[item].faces();
  });
  portions_.push_back({std::move(surveys), std::move(faces), 0});
}

SurveyedAxes survey_axes(const comm::Communicator& comm, std::size_t items,
                         FunctionRef<SurveyRequest(std::size_t)> request_of) {
  SurveyedAxes axes;
  const std::size_t most = items_of_portion(comm);
  for (std::size_t begin = 0; begin < items; begin += most) {
    axes.survey(comm, std::min(most, items - begin), (items + most - 1) / most,
                [&](std::size_t number) { return request_of(begin + number); });
  }
  return axes;
}

}  // namespace tessera::pipeline
