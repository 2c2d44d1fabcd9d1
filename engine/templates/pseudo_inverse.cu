{# USES_VARIABLES { N_pre, N_post } #}
{% extends 'common_group.cu' %}
{% block extra_headers %}
#include <vector>
#include "pseudo_inverse.h"
{% endblock %}
{% block launch %}
    // On the host: an oracle to compare with, which need not be fast.
    {% set T = c_data_type(_into.dtype) %}
    const size_t _count = (size_t)N_pre * N_post;
    static std::vector<{{T}}> _matrix(_count), _inverse(_count);
    dense_engine::check(cudaMemcpy(_matrix.data(), {{get_array_name(_matrix, prefix='dev')}},
                                   _count * sizeof({{T}}), cudaMemcpyDeviceToHost), "{{codeobj_name}}");
    dense_engine::pseudo_inverse(N_post, N_pre, _matrix.data(), _inverse.data());
    dense_engine::check(cudaMemcpy({{get_array_name(_into, prefix='dev')}}, _inverse.data(),
                                   _count * sizeof({{T}}), cudaMemcpyHostToDevice), "{{codeobj_name}}");
{% endblock %}
